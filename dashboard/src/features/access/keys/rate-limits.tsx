import type { KeyRateLimits } from '@prompt-ledger/client';
import { Input } from '../../../ui/controls/field';
import { FormField } from '../../../ui/form/form';

/** Limits as typed; empty for the service's default. */
export interface TypedLimits {
  readonly requests: string;
  readonly tokens: string;
}

export function toTyped({ requests_per_minute, tokens_per_minute }: KeyRateLimits): TypedLimits {
  return { requests: String(requests_per_minute ?? ''), tokens: String(tokens_per_minute ?? '') };
}

export function toLimits({ requests, tokens }: TypedLimits): KeyRateLimits {
  return { requests_per_minute: toNumber(requests), tokens_per_minute: toNumber(tokens) };
}

const toNumber = (text: string) => (text.trim() === '' ? null : Number(text));

/** Asks for the rate limits of a key. */
export function RateLimitFields({
  limits,
  onChange,
}: {
  readonly limits: TypedLimits;
  readonly onChange: (limits: TypedLimits) => void;
}) {
  return (
    <div className="grid grid-cols-2 gap-3">
      <FormField
        label="Requests a minute"
        pointer="/rate_limits/requests_per_minute"
        hint="Empty: the default"
      >
        {(props) => (
          <Input
            {...props}
            type="number"
            min={1}
            value={limits.requests}
            onChange={({ target }) => onChange({ ...limits, requests: target.value })}
          />
        )}
      </FormField>
      <FormField label="Tokens a minute" pointer="/rate_limits/tokens_per_minute" hint="Empty: the default">
        {(props) => (
          <Input
            {...props}
            type="number"
            min={1}
            value={limits.tokens}
            onChange={({ target }) => onChange({ ...limits, tokens: target.value })}
          />
        )}
      </FormField>
    </div>
  );
}
