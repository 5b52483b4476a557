import { renderMarkdown } from './render-markdown.js';

describe('Markdown as HTML', () => {
  it.each([
    [
      '### VALIDATION_FAILED',
      '<h3 id="VALIDATION_FAILED"><a href="#VALIDATION_FAILED">VALIDATION_FAILED</a></h3>',
    ],
    ['## `NO_PROMPTS`', '<h2 id="NO_PROMPTS"><a href="#NO_PROMPTS"><code>NO_PROMPTS</code></a></h2>'],
    ['## What is wrong?', '<h2 id="what-is-wrong"><a href="#what-is-wrong">What is wrong?</a></h2>'],
    ['one\ntwo\n\nthree', '<p>one\ntwo</p>\n<p>three</p>'],
    ['a\n- b\n  c\n- d', '<p>a</p>\n<ul>\n<li>b\n  c</li>\n<li>d</li>\n</ul>'],
    [
      '```json\n{"a": "<b>"}\n# no heading\n```',
      '<pre><code>{&quot;a&quot;: &quot;&lt;b&gt;&quot;}\n# no heading</code></pre>',
    ],
    [
      '| a | b |\n| --- | --- |\n| `1` | x \\| y |',
      '<table>\n<tr><th>a</th><th>b</th></tr>\n<tr><td><code>1</code></td><td>x | y</td></tr>\n</table>',
    ],
    ['**bold** and `**code** <i>`', '<p><strong>bold</strong> and <code>**code** &lt;i&gt;</code></p>'],
    [
      '[there](https://a.example/b) [up](#UP)',
      '<p><a href="https://a.example/b">there</a> <a href="#UP">up</a></p>',
    ],
    ['[a page](webhooks.md#where) [no](javascript:alert(1))', '<p>a page no)</p>'],
    ['```\nnever closed', '<pre><code>never closed</code></pre>'],
    ['', ''],
  ])('renders %j', (markdown, html) => {
    expect(renderMarkdown(markdown)).toBe(html);
  });
});
