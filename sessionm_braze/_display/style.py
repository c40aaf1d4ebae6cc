"""The style of all views.

Colours are the notebook's own where it has some (JupyterLab, VS Code); otherwise they
follow the page's theme, and then the system's.  A view brings its own background, so
that it can be read on any page, and its selectors are doubled so that the notebook's
own rules for tables do not win.  Where there is little room, tables become cards: what
counts is the room of the output, not of the window.
"""

from __future__ import annotations


_LIGHT_COLOURS = """
  --smb-text: var(--jp-content-font-color1, var(--vscode-editor-foreground, #1c2127));
  --smb-soft: var(--jp-content-font-color2, var(--vscode-descriptionForeground, #565f69));
  --smb-line: var(--jp-border-color2, var(--vscode-panel-border, #d5dbe1));
  --smb-base: var(--jp-layout-color1, var(--vscode-editor-background, #ffffff));
  --smb-band: var(--jp-layout-color2, var(--vscode-textCodeBlock-background, #f3f5f7));
"""  # noqa: E501
_DARK_COLOURS = """
  --smb-text: var(--jp-content-font-color1, var(--vscode-editor-foreground, #e4e8ec));
  --smb-soft: var(--jp-content-font-color2, var(--vscode-descriptionForeground, #a3adb8));
  --smb-line: var(--jp-border-color2, var(--vscode-panel-border, #3a434d));
  --smb-base: var(--jp-layout-color1, var(--vscode-editor-background, #15191e));
  --smb-band: var(--jp-layout-color2, var(--vscode-textCodeBlock-background, #20262d));
"""  # noqa: E501

STYLE = f"""
.smb {{{_LIGHT_COLOURS}
  container-type: inline-size; box-sizing: border-box; max-width: 100%;
  padding: .7em .9em; border: 1px solid var(--smb-line); border-radius: 6px;
  background: var(--smb-base); color: var(--smb-text);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; text-align: left;
  overflow-wrap: anywhere;
}}
@media (prefers-color-scheme: dark) {{ .smb {{{_DARK_COLOURS}}} }}
html[theme=dark] .smb, [data-theme=dark] .smb, body.vscode-dark .smb {{{_DARK_COLOURS}}}
html[theme=light] .smb, [data-theme=light] .smb, body.vscode-light .smb {{{_LIGHT_COLOURS}}}
.smb.smb *, .smb.smb *::before {{ box-sizing: border-box; }}
.smb-head strong {{ font-size: 1.05em; }}
.smb-soft, .smb-note, .smb-nothing, .smb.smb dt {{ color: var(--smb-soft); }}
.smb.smb p {{ margin: .4em 0; }}
.smb.smb details {{ margin-top: .5em; border-top: 1px solid var(--smb-line); padding-top: .4em; }}
.smb.smb summary {{ cursor: pointer; font-weight: 600; }}
.smb.smb summary .smb-soft {{ font-weight: 400; }}
.smb.smb table {{
  width: 100%; margin: .5em 0; border: 0; border-collapse: collapse; font-size: 1em;
  table-layout: auto;
}}
.smb.smb th, .smb.smb td {{
  padding: .3em .6em; text-align: left; vertical-align: top; color: inherit;
  border: 0; border-bottom: 1px solid var(--smb-line); background: none;
  white-space: normal; max-width: none;
}}
.smb.smb th {{ color: var(--smb-soft); font-weight: 600; }}
.smb.smb th, .smb.smb td {{
  min-width: min(7.5em, calc((100cqw - 1em) / var(--smb-columns, 6)));
}}
.smb.smb thead, .smb.smb tr, .smb.smb tbody tr:nth-child(n) {{
  background: none; text-align: left;
}}
.smb.smb tbody tr:hover {{ background: var(--smb-band); }}
.smb.smb .smb-number {{ text-align: right; font-variant-numeric: tabular-nums; }}
.smb.smb dl {{ display: grid; grid-template-columns: minmax(7em, max-content) 1fr; margin: .5em 0; }}
.smb.smb dt, .smb.smb dd {{ padding: .15em .6em; margin: 0; font-weight: 400; }}
.smb.smb pre, .smb.smb code {{
  font: 13px/1.5 ui-monospace, Menlo, Consolas, monospace; color: inherit;
  background: var(--smb-band); white-space: pre-wrap; border-radius: 4px;
}}
.smb.smb code {{ padding: .1em .3em; }}
.smb.smb pre {{ margin: .5em 0; padding: .6em .8em; }}
.smb.smb iframe {{
  display: block; width: 100%; margin: .5em 0; border: 1px solid var(--smb-line);
  border-radius: 4px; background: #ffffff; color-scheme: light;
}}
.smb-logo {{ display: block; max-width: 96px; max-height: 48px; margin-bottom: .3em; }}
.smb-badge {{
  display: inline-block; padding: 0 .5em; border-radius: 1em; font-size: .86em;
  background: #dfe4e9; color: #1c2127; max-width: 100%;
}}
.smb-good {{ background: #cdebd3; color: #0d3b1a; }}
.smb-warning {{ background: #fbe3a3; color: #472f00; }}
.smb-bad {{ background: #f8cfcb; color: #5c0f09; }}
@container (min-width: 820px) {{ .smb.smb .smb-word {{ overflow-wrap: break-word; }} }}
@container (max-width: 700px) {{
  .smb.smb thead {{ display: none; }}
  .smb.smb table, .smb.smb tbody, .smb.smb tr, .smb.smb td {{ display: block; width: 100%; }}
  .smb.smb tr {{ padding: .4em 0; border-bottom: 1px solid var(--smb-line); }}
  .smb.smb td {{ padding: .1em 0 .1em 8em; border: 0; position: relative; min-height: 1.5em; }}
  .smb.smb td {{ min-width: 0; }}
  .smb.smb td.smb-number {{ text-align: left; }}
  .smb.smb td.smb-nothing {{ display: none; }}
  .smb.smb td::before {{
    content: attr(data-label); position: absolute; left: 0; width: 7.5em;
    color: var(--smb-soft);
  }}
}}
@container (max-width: 460px) {{
  .smb.smb dl {{ display: block; }}
  .smb.smb dd {{ padding-bottom: .4em; }}
}}
"""  # noqa: E501 - style sheets have lines of their own length
