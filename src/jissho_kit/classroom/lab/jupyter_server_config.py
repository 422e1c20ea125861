"""Settings of the classroom's Jupyter server that do not depend on the workspace (see ``server.py`` for those)."""

from jissho_kit.classroom.visitors import know_visitor, without_outside_scripts

c = get_config()  # noqa: F821 - given by Jupyter

# What a participant does not need: terminals, nbgrader's English screens, looking for language servers.
c.ServerApp.terminals_enabled = False
c.ServerApp.jpserver_extensions = {
    "voila.server_extension": True,
    "jupyterlab_jupytext": False,
    "notebook": False,
    "nbgrader.server_extensions.assignment_list": False,
    "nbgrader.server_extensions.course_list": False,
    "nbgrader.server_extensions.formgrader": False,
    "nbgrader.server_extensions.validate_assignment": False,
}
c.LanguageServerManager.autodetect = False
c.LabApp.extension_manager = "readonly"
c.LabApp.news_url = None

# Ctrl-C stops at once; the question would be in English.
c.ServerApp.answer_yes = True

# Kernels talk over encrypted connections where the platform can; without this each one warns on stderr.
c.KernelManager.transport_encryption = "auto"

# A kernel nobody is connected to any more ends after half an hour.
c.MappingKernelManager.cull_idle_timeout = 1800
c.MappingKernelManager.cull_interval = 60
c.MappingKernelManager.cull_connected = False

# No-code pages: each visitor has an id of their own, which the page's kernel finds in HTTP_COOKIE.
c.VoilaConfiguration.template = "jissho"
c.VoilaConfiguration.allow_template_override = "NO"
c.VoilaConfiguration.allow_theme_override = "NO"
c.VoilaConfiguration.strip_sources = True
c.VoilaConfiguration.show_tracebacks = False
c.VoilaConfiguration.prelaunch_hook = know_visitor
c.VoilaConfiguration.page_config_hook = without_outside_scripts
c.VoilaConfiguration.http_header_envs = ["Cookie"]
c.VoilaExporter.language_code = "ja"
