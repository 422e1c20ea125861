@echo off
rem The kit's command line on Windows: does what ./jissho does elsewhere (see there).
rem Not tried on a real Windows yet, so it is kept simple: every start goes through bootstrap.py.
setlocal
set "root=%~dp0"
for %%v in (PYTHONHOME PYTHONPATH PYTHONSTARTUP PYTHONOPTIMIZE PYTHONDONTWRITEBYTECODE VIRTUAL_ENV CONDA_PREFIX) do set "%%v="
for %%v in (JUPYTER_PATH JUPYTER_CONFIG_PATH JUPYTER_PREFER_ENV_PATH JUPYTERLAB_DIR) do set "%%v="
set "PYTHONUTF8=1"
set "PYTHONNOUSERSITE=1"

set "python="
if defined JISSHO_PYTHON set python="%JISSHO_PYTHON%"
for %%p in ("py -3.13" "py -3.12" "py -3.11" "py -3" "python") do if not defined python (
    %%~p -I -c "import sys, venv; sys.exit(sys.version_info < (3, 11))" >nul 2>&1 && set "python=%%~p"
)
if not defined python goto no_python

set "extra="
if "%~1"=="test" set "extra=--test"
%python% -I -X utf8 "%root%tools\bootstrap.py" %extra%
if errorlevel 1 exit /b 3
set /p name=<"%root%.jissho\current"
set "env=%root%.jissho\envs\%name%"

set "PATH=%env%\Scripts;%PATH%"
set "JUPYTER_CONFIG_DIR=%root%.jissho\jupyter\config"
set "JUPYTER_DATA_DIR=%root%.jissho\jupyter\data"
set "JUPYTER_RUNTIME_DIR=%root%.jissho\jupyter\runtime"
set "IPYTHONDIR=%root%.jissho\ipython"
set "MPLCONFIGDIR=%root%.jissho\matplotlib"
set "JUPYTER_DEFAULT_PROVISIONER_NAME=jissho-warm"

rem %* keeps the first word after shift; these cut it off.
set rest=%*
if "%~1"=="python" goto python
if "%~1"=="test" goto test
"%env%\Scripts\python.exe" -X utf8 -m jissho_kit %*
exit /b

:python
"%env%\Scripts\python.exe" -X utf8 %rest:*python=%
exit /b

:test
cd /d "%root%"
"%env%\Scripts\python.exe" -X utf8 -m pytest %rest:*test=%
exit /b

:no_python
chcp 65001 >nul
echo Python 3.11以上が見つかりません。 1>&2
echo https://www.python.org/downloads/ から入れて、もう一度実行してください。 1>&2
exit /b 3
