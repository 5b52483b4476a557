import { describeSuggestions, suggestModels } from '../../kernel/index.js';
import { MODEL_CATALOGUE } from './model-catalogue.js';

const twice = [...MODEL_CATALOGUE, { provider: 'azure-openai', modelName: 'gpt-5.4' }];

describe('the models that somebody may have meant', () => {
  it.each<[string, string[]]>([
    ['gpt-4o-mini', ['openai/gpt-4o-mini']],
    ['GPT-4o-Mini', ['openai/gpt-4o-mini']],
    ['gpt-5.4', ['openai/gpt-5.4', 'azure-openai/gpt-5.4']],
    ['gpt-5-4', ['openai/gpt-5.4', 'azure-openai/gpt-5.4']],
    ['openai:gpt-5.4', ['openai/gpt-5.4']],
    ['anthropic/gpt-4o', ['openai/gpt-4o']],
    ['models/gemini-2.5-pro', ['google/gemini-2.5-pro']],
    ['claude-sonnet-4.6', ['anthropic/claude-sonnet-4-6']],
    ['claude_haiku_4_5', ['anthropic/claude-haiku-4-5']],
    ['gpt-4o-mini-2024-07-18', ['openai/gpt-4o-mini']],
    ['claude-haiku-4-5-20251001', ['anthropic/claude-haiku-4-5']],
    ['opnai/gpt-4o-mini', ['openai/gpt-4o-mini']],
    ['openai/gpt-4o-mni', ['openai/gpt-4o-mini']],
    ['echo', ['echo/echo']],
    ['echo-fail', []],
    ['openai/zz', []],
    ['openai/foo', []],
    ['openai/o11', ['openai/o1']],
    ['llama3.2', []],
    ['', []],
    ['/', []],
    ['x'.repeat(500), []],
  ])('of %j are %j', (asked, ids) => {
    expect(suggestModels(twice, asked)).toEqual(ids);
  });

  it('are none where none is allowed', () => {
    expect(suggestModels([], 'gpt-4o')).toEqual([]);
  });

  it('are three at most', () => {
    const many = ['a', 'b', 'c', 'd'].map((provider) => ({ provider, modelName: 'gpt-9' }));
    expect(suggestModels(many, 'gpt-9')).toEqual(['a/gpt-9', 'b/gpt-9', 'c/gpt-9']);
  });

  it.each<[string[], string]>([
    [[], ''],
    [['a/b'], ' Did you mean "a/b"?'],
    [['a/b', 'c/d'], ' Did you mean "a/b" or "c/d"?'],
    [['a/b', 'c/d', 'e/f'], ' Did you mean "a/b", "c/d" or "e/f"?'],
  ])('%j stand in a sentence', (ids, sentence) => {
    expect(describeSuggestions(ids)).toBe(sentence);
  });
});
