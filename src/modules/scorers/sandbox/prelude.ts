/**
 * Runs in the sandbox before a scorer's code. It takes away what would make two runs differ and what could wait, and makes of
 * whatever the code does one text: nothing of an object that the code made, no getter and no method of it, is touched from outside.
 *
 * The names that it uses are taken before the code runs, which may bend all that is global. What it bends is its own realm, and what
 * comes out is read as if it came from a stranger.
 */
export const PRELUDE = `(() => {
  delete Math.random;
  for (const name of ['Date', 'Atomics', 'SharedArrayBuffer', 'WeakRef', 'FinalizationRegistry', 'performance', 'console']) {
    delete globalThis[name];
  }
  const { parse, stringify } = JSON;
  const text = String;
  const evaluate = eval;
  const Syntax = SyntaxError;
  const kindOf = (part) => (part === null ? 'null' : typeof part);
  const tell = (thrown) => {
    try {
      if (kindOf(thrown) !== 'object') return text(thrown);
      const { name, message } = thrown;
      return [name, message].filter((part) => typeof part === 'string' && part !== '').join(': ');
    } catch {
      return '';
    }
  };
  const load = (source) => {
    let score;
    try {
      score = evaluate('(' + source + '\\n)');
    } catch (error) {
      if (!(error instanceof Syntax)) throw error;
      score = evaluate(source);
    }
    return score;
  };
  const describe = (result) => {
    if (kindOf(result) !== 'object') return { is: kindOf(result) };
    const { value, label, explanation, then } = result;
    return {
      is: typeof then === 'function' ? 'promise' : 'object',
      value: typeof value === 'number' ? text(value) : null,
      valueIs: kindOf(value),
      label: typeof label === 'string' ? label : null,
      labelIs: kindOf(label),
      explanation: typeof explanation === 'string' ? explanation : null,
      explanationIs: kindOf(explanation),
    };
  };
  return (source, input) => {
    try {
      const score = load(source);
      if (typeof score !== 'function') return stringify({ is: 'no function' });
      if (input === null) return stringify({ is: 'function' });
      return stringify(describe(score(parse(input))));
    } catch (error) {
      return stringify({ is: 'thrown', message: tell(error) });
    }
  };
})()`;
