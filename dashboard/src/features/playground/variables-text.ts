import { compactJson } from '../../api/json-text';
import { ask } from '../../background/ask';
import { useBackground } from '../../ui/hooks/use-background';
import { contentOfVariant, type Playground, type Variant } from './variants/variant';

/** Returns the shared variables as typed, or an example with every name that the variants use. */
export async function variablesText({ variants, variables }: Playground): Promise<string> {
  return variables ?? exampleText(sharing(variants));
}

export async function exampleText(variants: readonly Variant[]): Promise<string> {
  return exampleOf(await ask('listVariables', [contentsText(variants)]));
}

/** Returns the text of `variablesText` to show, slightly delayed during typing. */
export function useVariablesText({ variants, variables }: Playground): string {
  const names = useBackground('listVariables', variables === null ? [contentsText(sharing(variants))] : null);
  return variables ?? exampleOf(names.output ?? []);
}

function sharing(variants: readonly Variant[]): readonly Variant[] {
  return variants.filter(({ variables: own }) => own === null);
}

/** Formats the contents for `listVariables`, without those that have a part which is not JSON. */
function contentsText(variants: readonly Variant[]): string {
  return JSON.stringify(variants.flatMap((variant) => contentText(variant) ?? []));
}

function contentText(variant: Variant): string | null {
  try {
    return compactJson(contentOfVariant(variant));
  } catch {
    return null;
  }
}

function exampleOf(names: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, ''])), null, 2);
}
