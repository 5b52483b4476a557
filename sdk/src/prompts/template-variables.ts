// Derives the variable names of a literal template at compile time: `{{ name }}`, `{{ user.name }}`, `{{ x | upcase }}`. Anything that it
// cannot read for certain (tags, names in arguments, operators) makes the type an open record, so it never reports a false error.

/** The variables of a template that is unknown at compile time. */
export type Variables = Readonly<Record<string, unknown>>;

/** A value that JSON can hold. Excludes undefined, which JSON omits, so that the ledger would report it as missing. */
export type Value = string | number | boolean | object | null;

type Blank = ' ' | '\n' | '\r' | '\t';
type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';
/** Characters that a plain path lacks, or has only in forms that are not read here. */
type Odd = Blank | '"' | "'" | '[' | ']' | '(' | ')' | '=' | '<' | '>' | '!' | ',' | ':' | '{' | '}';
type Literal = 'true' | 'false' | 'nil' | 'null' | 'empty' | 'blank' | '';

type TrimStart<S extends string> = S extends `${Blank}${infer Rest}` ? TrimStart<Rest> : S;
type TrimEnd<S extends string> = S extends `${infer Rest}${Blank}` ? TrimEnd<Rest> : S;
type Trim<S extends string> = TrimStart<TrimEnd<S>>;
/** Removes the dashes that strip blanks around the markup. */
type WithoutStartDash<S extends string> = S extends `-${infer Rest}` ? Rest : S;
type WithoutEndDash<S extends string> = S extends `${infer Rest}-` ? Rest : S;

/** The contents of all `{{ … }}`. */
type Outputs<
  T extends string,
  Found extends string = never,
> = T extends `${string}{{${infer Inside}}}${infer Rest}` ? Outputs<Rest, Found | Inside> : Found;

/** The variable of an output: `!name` is required, `?name` is optional, `*` is not read here. */
type Use<Inside extends string> = Inside extends string
  ? UseOf<Trim<WithoutStartDash<WithoutEndDash<Inside>>>>
  : never;
type UseOf<Expression extends string> = Expression extends `${infer Path}|${infer Filters}`
  ? AreKnown<Filters> extends true
    ? NameUse<
        TrimEnd<Path>,
        TrimStart<Filters> extends `default${'' | `${Blank | ':' | '|'}${string}`}` ? '?' : '!'
      >
    : '*'
  : NameUse<Expression, '!'>;
type NameUse<Path extends string, Need extends string> = Path extends Literal
  ? '*'
  : Path extends `${string}${Odd}${string}` | `${Digit | '-'}${string}`
    ? '*'
    : `${Need}${Path extends `${infer Name}.${string}` ? Name : Path}`;

/** Whether the filters take only literals or no arguments. */
type AreKnown<Filters extends string> = Filters extends `${infer Name}:${infer Rest}`
  ? Name extends `${string}|${infer Next}`
    ? AreKnown<`${Next}:${Rest}`>
    : IsLiteral<TrimStart<Rest>>
  : true;
type IsLiteral<Argument extends string> = Argument extends `"${string}"${infer Rest}`
  ? IsOver<TrimStart<Rest>>
  : Argument extends `'${string}'${infer Rest}`
    ? IsOver<TrimStart<Rest>>
    : Argument extends `${Digit | '-'}${infer Rest}`
      ? IsNumber<Rest>
      : false;
type IsNumber<Rest extends string> = Rest extends `${Digit | '.'}${infer More}`
  ? IsNumber<More>
  : IsOver<TrimStart<Rest>>;
type IsOver<Rest extends string> = Rest extends ''
  ? true
  : Rest extends `,${infer Argument}`
    ? IsLiteral<TrimStart<Argument>>
    : Rest extends `|${infer Filters}`
      ? AreKnown<Filters>
      : false;

type Needed<Uses extends string> = Uses extends `!${infer Name}` ? Name : never;
type Optional<Uses extends string> = Uses extends `?${infer Name}` ? Name : never;
type Flat<T> = { [K in keyof T]: T[K] };
type RecordOf<Uses extends string> = '*' extends Uses
  ? Variables
  : Flat<
      Readonly<Record<Needed<Uses>, Value>> &
        Readonly<Partial<Record<Exclude<Optional<Uses>, Needed<Uses>>, Value | undefined>>>
    >;

/** The variables of a template: by name when it is a literal, otherwise any. */
export type VariablesIn<Template> = Template extends string
  ? string extends Template
    ? Variables
    : Template extends `${string}{%${string}`
      ? Variables
      : RecordOf<Use<Outputs<Template>>>
  : Variables;

/** Arguments that begin with variables, which may be omitted when none is required. */
export type WithVariables<V, More extends unknown[] = []> =
  Partial<V> extends V ? [variables?: V, ...Partial<More>] : [variables: V, ...Partial<More>];
