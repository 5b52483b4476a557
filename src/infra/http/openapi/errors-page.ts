import { renderMarkdown } from './render-markdown.js';

const STYLE = `
  :root { color-scheme: light dark }
  body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.55 system-ui, sans-serif }
  h2 { margin-top: 3rem; border-bottom: 1px solid #8886 }
  h3 { margin-top: 2.2rem; font-family: ui-monospace, monospace }
  h3 a { color: inherit; text-decoration: none }
  h3:target { background: #fd06 }
  code, pre { font: 0.9em/1.5 ui-monospace, monospace; background: #8882; border-radius: 4px }
  code { padding: 0.1em 0.3em }
  pre { padding: 0.8em 1em; overflow-x: auto }
  pre code { padding: 0; background: none }
  table { border-collapse: collapse }
  td, th { padding: 0.3em 0.8em; border-top: 1px solid #8886; text-align: left; vertical-align: top }
`;

/**
 * Renders the Markdown of docs/errors.md as a page. The heading of each code has the code as its anchor, so that the `type` of a problem
 * opens at its entry.
 */
export function renderErrorsPage(markdown: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Prompt Ledger: errors</title>
<style>${STYLE}</style>
</head>
<body>
${renderMarkdown(markdown)}
</body>
</html>
`;
}
