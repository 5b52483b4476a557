import { CompiledPromptCache, RENDERER, TemplateInvalidError } from './index.js';
import type { PromptContent } from './index.js';

function text(templateSource: string): PromptContent {
  return { kind: 'text', templateSource };
}

describe('CompiledPromptCache', () => {
  it('gives the same prompt again for the same content', () => {
    const cache = new CompiledPromptCache();
    const prompt = cache.compile(RENDERER, text('Hello {{name}}'));
    expect(cache.compile(RENDERER, text('Hello {{name}}'))).toBe(prompt);
    expect(cache.compile(RENDERER, text('Hello {{name}}!'))).not.toBe(prompt);
    expect(prompt.render({ name: 'x' })).toEqual({ kind: 'text', text: 'Hello x' });
  });

  it('drops what was not used for the longest time', () => {
    const cache = new CompiledPromptCache({ maxEntries: 2 });
    const [a, b] = [cache.compile(RENDERER, text('a')), cache.compile(RENDERER, text('b'))];
    expect(cache.compile(RENDERER, text('a'))).toBe(a);
    cache.compile(RENDERER, text('c'));
    expect(cache.size).toBe(2);
    expect(cache.compile(RENDERER, text('a'))).toBe(a);
    expect(cache.compile(RENDERER, text('b'))).not.toBe(b);
  });

  it('is bounded by the size of the templates too', () => {
    const cache = new CompiledPromptCache({ maxChars: 10 });
    const long = cache.compile(RENDERER, text('x'.repeat(8)));
    cache.compile(RENDERER, text('abc'));
    expect(cache.size).toBe(1);
    expect(cache.compile(RENDERER, text('x'.repeat(8)))).not.toBe(long);
    cache.compile(RENDERER, text('y'.repeat(11)));
    expect(cache.size).toBe(0);
  });

  it('keeps nothing of a template that is invalid', () => {
    const cache = new CompiledPromptCache();
    expect(() => cache.compile(RENDERER, text('{{'))).toThrow(TemplateInvalidError);
    expect(cache.size).toBe(0);
  });

  it('refuses a renderer that does not exist', () => {
    expect(() => new CompiledPromptCache().compile('liquid-0', text(''))).toThrow(
      'Unknown renderer "liquid-0"',
    );
  });
});
