/**
 * Makes a page of the Markdown in docs/errors.md, with an anchor at the heading of each code, so that the `type` of a
 * problem opens at its entry. The text stays as it is: Markdown reads well, and a renderer would be a dependency.
 */
export function renderErrorsPage(markdown: string): string {
  const lines = markdown.split('\n').map((line) => {
    const code = /^#+ +`?([A-Z][A-Z0-9_]+)`?/.exec(line)?.[1];
    const text = escapeHtml(line);
    return code === undefined ? text : `<strong id="${code}">${text}</strong>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Prompt Ledger: errors</title>
<style>body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem } pre { white-space: pre-wrap } :target { background: #fe9 }</style>
<pre>${lines.join('\n')}</pre>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
