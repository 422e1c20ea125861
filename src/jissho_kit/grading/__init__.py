"""Assessment: items → keys → course folder → judged submissions.

The process that runs a participant's code never holds an answer; the judge is a pure function from
values to a verdict. Heavy modules (nbgrader, jupytext) are imported where they are used.
"""
