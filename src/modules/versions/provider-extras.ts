import type { ContentExtras, JsonSchema } from '../../templating/index.js';

/** A version's extras in the flat form of the provider contract, which is independent of prompts. */
export interface ProviderExtras {
  readonly tools?: readonly {
    readonly name: string;
    readonly description?: string;
    readonly parameters?: JsonSchema;
    readonly strict?: boolean;
  }[];
  readonly toolChoice?: 'auto' | 'none' | 'required' | { readonly name: string };
  readonly parallelToolCalls?: boolean;
  readonly responseFormat?:
    | { readonly type: 'json_object' }
    | {
        readonly type: 'json_schema';
        readonly name: string;
        readonly schema: JsonSchema;
        readonly description?: string;
        readonly strict?: boolean;
      };
}

/** @returns an object without members for a version that consists only of its templates. */
export function toProviderExtras(extras: ContentExtras | null): ProviderExtras {
  const { tools, toolChoice, parallelToolCalls, responseFormat: format } = extras ?? {};
  return {
    ...(tools === undefined ? {} : { tools: tools.map((tool) => tool.function) }),
    ...(toolChoice === undefined ? {} : { toolChoice: toChoice(toolChoice) }),
    ...(parallelToolCalls === undefined ? {} : { parallelToolCalls }),
    ...(format === undefined
      ? {}
      : {
          responseFormat:
            format.type === 'json_object' ? format : { type: format.type, ...format.json_schema },
        }),
  };
}

function toChoice(
  choice: NonNullable<ContentExtras['toolChoice']>,
): NonNullable<ProviderExtras['toolChoice']> {
  return typeof choice === 'string' ? choice : { name: choice.function.name };
}
