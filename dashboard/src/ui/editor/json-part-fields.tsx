import { jsonText, readJson } from '../../api/json-text';
import { TextArea } from '../controls/field';
import { FormField } from '../form/form';
import { JSON_PARTS, type JsonParts } from './json-parts';

/** Edits the members of a content that are typed as JSON. */
export function JsonPartFields({
  parts,
  onChange,
}: {
  readonly parts: JsonParts;
  readonly onChange: (parts: JsonParts) => void;
}) {
  return JSON_PARTS.map(([name, title, example]) => (
    <JsonField
      key={name}
      title={title}
      example={example}
      text={parts[name] ?? ''}
      onChange={(text) => onChange({ ...parts, [name]: text })}
    />
  ));
}

/** Edits JSON as text. Shows when it is invalid, and formats it on blur, which keeps the digits of numbers. */
export function JsonField({
  title,
  example,
  pointer,
  hint,
  text,
  onChange,
}: {
  readonly title: string;
  readonly example: string;
  /** The member of the request, in a form that shows the service's errors at their fields. */
  readonly pointer?: string;
  readonly hint?: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
}) {
  const isBad = text.trim() !== '' && readJson(text) === undefined;
  return (
    <FormField
      label={`${title}, as JSON`}
      {...(pointer === undefined ? {} : { pointer })}
      hint={isBad ? <span className="text-bad">This is not JSON.</span> : hint}
    >
      {(props) => (
        <TextArea
          {...props}
          rows={Math.min(14, Math.max(1, text.split('\n').length))}
          className="mono"
          placeholder={example}
          value={text}
          onChange={({ target }) => onChange(target.value)}
          onBlur={() => {
            const value = readJson(text);
            if (value !== undefined && jsonText(value) !== text) onChange(jsonText(value));
          }}
        />
      )}
    </FormField>
  );
}
