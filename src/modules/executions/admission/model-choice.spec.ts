import { ValidationError } from '../../../kernel/index.js';
import { MAX_MODELS, readModelChoice } from './model-choice.js';

const MINI = { provider: 'openai', model_name: 'gpt-4o-mini' };
const ECHO = { provider: 'echo', model_name: 'echo' };

function refusedAt(value: unknown, pointer?: string): (string | undefined)[] {
  try {
    readModelChoice(value, ...(pointer === undefined ? [] : [pointer]));
  } catch (error) {
    if (error instanceof ValidationError) return (error.errors ?? []).map((each) => each.pointer);
    throw error;
  }
  throw new Error('it was not refused');
}

describe('the model of a request', () => {
  it.each<[string, unknown, [string, string][]]>([
    ['an object', MINI, [['openai', 'gpt-4o-mini']]],
    ['an id', 'openai/gpt-4o-mini', [['openai', 'gpt-4o-mini']]],
    ['an id whose name has slashes', 'together/meta/llama-3/8b', [['together', 'meta/llama-3/8b']]],
    ['a list of one', [MINI], [['openai', 'gpt-4o-mini']]],
    [
      'a list of both forms, in its order',
      [ECHO, 'openai/gpt-4o-mini'],
      [
        ['echo', 'echo'],
        ['openai', 'gpt-4o-mini'],
      ],
    ],
  ])('may be %s', (_what, value, models) => {
    expect(readModelChoice(value)).toEqual({
      kind: 'models',
      models: models.map(([provider, modelName]) => ({ provider, modelName })),
    });
  });

  it('may be a route', () => {
    expect(readModelChoice({ route: 'cheap-first' })).toEqual({ kind: 'route', name: 'cheap-first' });
  });

  it('may be as many as anybody falls back to', () => {
    const many = Array.from({ length: MAX_MODELS }, (_, index) => `echo/m${index}`);
    expect(readModelChoice(many)).toMatchObject({ models: { length: MAX_MODELS } });
    expect(refusedAt([...many, 'echo/more'])).toEqual(['/model']);
  });

  it.each<[string, unknown, string[]]>([
    ['nothing', null, ['/model']],
    ['a number', 7, ['/model']],
    ['an empty list', [], ['/model']],
    ['an empty object', {}, ['/model/provider', '/model/model_name']],
    ['an id without a name', 'openai/', ['/model']],
    ['an id without a provider', '/gpt', ['/model']],
    ['a name alone', 'gpt-4o-mini', ['/model']],
    ['an id with white space', 'openai/gpt 4', ['/model']],
    ['a provider that is no text', { provider: 1, model_name: 'm' }, ['/model/provider']],
    ['an empty name', { provider: 'echo', model_name: '' }, ['/model/model_name']],
    ['a name that is too long', { provider: 'echo', model_name: 'm'.repeat(201) }, ['/model/model_name']],
    ['a field that there is not', { ...MINI, weight: 1 }, ['/model/weight']],
    ['a field with signs of a pointer', { ...MINI, 'a/b~c': 1 }, ['/model/a~1b~0c']],
    ['a list in a list', [[MINI]], ['/model/0']],
    ['a route in a list', [{ route: 'r' }], ['/model/0/route', '/model/0/provider', '/model/0/model_name']],
    ['one that is wrong among others', [ECHO, 'x', MINI], ['/model/1']],
    ['several that are wrong', ['x', ECHO, null], ['/model/0', '/model/2']],
    ['the same twice', [ECHO, MINI, 'echo/echo'], ['/model/2']],
    ['a route that is no name', { route: 'a b' }, ['/model/route']],
    ['a route of null', { route: null }, ['/model/route']],
    ['a route with a model beside it', { route: 'r', ...MINI }, ['/model/provider', '/model/model_name']],
  ])('is not %s', (_what, value, pointers) => {
    expect(refusedAt(value)).toEqual(pointers);
  });

  it('is pointed at where it stands', () => {
    expect(refusedAt([ECHO, 'x'], '/fallback')).toEqual(['/fallback/1']);
  });
});
