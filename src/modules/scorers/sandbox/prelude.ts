/**
 * Runs in the sandbox before a scorer's code. It removes what would make two runs differ and what could wait, and reduces the result to one
 * text, so that the host never touches an object, getter or method of the code.
 *
 * The prelude captures the names that it uses before the code runs, because the code may replace any global. It can only affect its own
 * realm, and the host treats the result as untrusted.
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
