import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { classNames } from '../text/class-names';
import { Problem, tell, type Told } from '../problem';

interface FormState {
  readonly told: Told | null;
  /** Registers that a field shows the errors at these places. @returns a function that unregisters it. */
  readonly claim: (claimed: Claim) => () => void;
}

interface Claim {
  readonly pointer: string | undefined;
  readonly codes: readonly string[];
}

const Context = createContext<FormState>({ told: null, claim: () => () => undefined });

/** A form that shows the service's errors at their fields, and the rest below them. */
export function Form({
  error,
  onSubmit,
  className,
  children,
}: {
  readonly error: unknown;
  readonly onSubmit: () => void;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  const form = useRef<HTMLFormElement>(null);
  const [claims, setClaims] = useState<readonly Claim[]>([]);
  const told = useMemo(() => (error === null || error === undefined ? null : tell(error)), [error]);
  const claim = useCallback((claimed: Claim) => {
    setClaims((others) => [...others, claimed]);
    return () => setClaims((others) => others.filter((other) => other !== claimed));
  }, []);
  const state = useMemo(() => ({ told, claim }), [told, claim]);
  useEffect(() => {
    if (told !== null) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [told]);
  return (
    <Context value={state}>
      <form
        ref={form}
        className={classNames('grid grid-cols-[minmax(0,1fr)] gap-3', className)}
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {children}
        {told !== null && <Rest error={error} told={told} claims={claims} />}
      </form>
    </Context>
  );
}

/** Shows the errors that belong to no field. */
function Rest({
  error,
  told,
  claims,
}: {
  readonly error: unknown;
  readonly told: Told;
  readonly claims: readonly Claim[];
}) {
  if (claims.some(({ codes }) => codes.includes(told.code))) return null;
  const rest = told.errors.filter(
    ({ pointer }) => !claims.some((claimed) => isWithin(pointer, claimed.pointer)),
  );
  if (told.errors.length > 0 && rest.length === 0) return null;
  return <Problem error={error} entries={rest} />;
}

function isWithin(pointer: string, field: string | undefined): boolean {
  return field !== undefined && (pointer === field || pointer.startsWith(`${field}/`));
}

/** The attributes that connect a control to its field. */
export interface ControlProps {
  readonly id: string;
  readonly 'aria-invalid': boolean | undefined;
  readonly 'aria-describedby': string | undefined;
}

/** A label, its control, a hint, and the service's errors about it. */
export function FormField({
  label,
  pointer,
  codes = NO_CODES,
  hint,
  children,
}: {
  readonly label: string;
  /** JSON pointer to the member of the request, such as `/name`. */
  readonly pointer?: string;
  /** Codes of problems that concern this field as a whole. */
  readonly codes?: readonly string[];
  readonly hint?: ReactNode;
  readonly children: (props: ControlProps) => ReactNode;
}) {
  const id = useId();
  const { told, claim } = useContext(Context);
  useEffect(() => claim({ pointer, codes }), [claim, pointer, codes]);
  const messages = faults(told, pointer, codes);
  const isWrong = messages.length > 0;
  const notes = [hint !== undefined && `${id}-hint`, isWrong && `${id}-wrong`].filter(Boolean).join(' ');
  return (
    <div className="grid min-w-0 content-start gap-1">
      <label htmlFor={id} className="text-[12px] text-ink-2">
        {label}
      </label>
      {children({
        id,
        'aria-invalid': isWrong ? true : undefined,
        'aria-describedby': notes === '' ? undefined : notes,
      })}
      {hint !== undefined && (
        <span id={`${id}-hint`} className="text-[12px] break-words text-ink-3">
          {hint}
        </span>
      )}
      {isWrong && (
        <span id={`${id}-wrong`} role="alert" className="text-[12px] break-words text-bad">
          {messages.join(' ')} <span className="mono">{told?.code}</span>
        </span>
      )}
    </div>
  );
}

const NO_CODES: readonly string[] = [];

function faults(told: Told | null, pointer: string | undefined, codes: readonly string[]): readonly string[] {
  if (told === null) return [];
  if (codes.includes(told.code)) return [told.detail];
  return told.errors
    .filter((entry) => isWithin(entry.pointer, pointer))
    .map((entry) => (entry.pointer === pointer ? entry.message : `${entry.pointer} ${entry.message}`));
}

/** A checkbox with its label. */
export function Checkbox({
  label,
  hint,
  checked,
  onChange,
}: {
  readonly label: ReactNode;
  readonly hint?: string;
  readonly checked: boolean;
  readonly onChange: (isChecked: boolean) => void;
}) {
  const id = useId();
  return (
    <div className="grid min-w-0 grid-cols-[auto_minmax(0,1fr)] items-start gap-x-2">
      <input
        id={id}
        type="checkbox"
        className="m-0 mt-0.5 size-[15px] accent-accent"
        checked={checked}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={({ target }) => onChange(target.checked)}
      />
      <label htmlFor={id} className="break-words">
        {label}
      </label>
      {hint !== undefined && (
        <span id={`${id}-hint`} className="col-start-2 text-[12px] text-ink-3">
          {hint}
        </span>
      )}
    </div>
  );
}
