import { suggestFromContent } from './suggest-from-content.js';
import { HOSTILE } from './hostile-templates.testkit.js';

const used = Array.from({ length: 3000 }, (_, nth) => `variable_${nth}`);
const declared = used.map((name) => `${name}x`);

describe('a template of 200 kB that was made to take long', () => {
  // Any of these would take minutes with quadratic time.
  it.each(HOSTILE)('is looked at in time, and answered in bounds: %s', (_name, content) => {
    const found = suggestFromContent(content, { used, declared });
    expect(found.length).toBeLessThan(100);
    expect(JSON.stringify(found).length).toBeLessThan(8_000_000);
  });
});
