// A slide that is higher than the screen is shown smaller, so that nothing is cut off in front of a class.
function fit({ currentSlide }) {
  currentSlide.style.zoom = 1;
  currentSlide.style.zoom = Math.min(1, 660 / currentSlide.scrollHeight);
}
Reveal.on("ready", fit);
Reveal.on("slidechanged", fit);
Reveal.initialize({
  width: 1280, height: 720, margin: 0.03, hash: true, slideNumber: "c/t", center: false,
  transition: "none", backgroundTransition: "none", plugins: [RevealNotes],
});
