import { jsonText } from '../api/json-text';
import { visibleText } from './text/visible-text';

/** Shows JSON as it was received. */
export function JsonBlock({ value, label }: { readonly value: unknown; readonly label: string }) {
  return (
    <pre className="code-block m-0 max-h-[40vh] overflow-auto" aria-label={label} tabIndex={0}>
      {visibleText(jsonText(value))}
    </pre>
  );
}
