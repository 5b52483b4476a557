import { compile } from '../../api/templating';
import { contentOfVariant, type Playground, type Variant } from './variants/variant';

/** The names that a variant asks for; none while it does not parse. */
export function variablesOfVariant(variant: Variant): readonly string[] {
  try {
    return compile(contentOfVariant(variant) as Parameters<typeof compile>[0]).variables;
  } catch {
    return [];
  }
}

/** Returns the variables that were typed for all variants, or an example with every name that they ask for. */
export function variablesText({ variants, variables }: Playground): string {
  if (variables !== null) return variables;
  return exampleText(variants.filter(({ variables: own }) => own === null));
}

export function exampleText(variants: readonly Variant[]): string {
  const names = new Set(variants.flatMap(variablesOfVariant));
  return JSON.stringify(Object.fromEntries([...names].map((name) => [name, ''])), null, 2);
}
