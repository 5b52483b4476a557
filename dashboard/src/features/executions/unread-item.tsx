import type { ReactNode } from 'react';
import { Problem } from '../../ui/problem';
import { Screen, ScreenBody } from '../../ui/screen';

/** The screen of an execution or a batch that is not read yet, or could not be. */
export function UnreadItem({
  id,
  label,
  crumb,
  error,
  onRetry,
}: {
  readonly id: string;
  readonly label: string;
  readonly crumb: ReactNode;
  readonly error: Error | null;
  readonly onRetry: () => void;
}) {
  return (
    <Screen title={id.slice(0, 13)} crumb={crumb}>
      <ScreenBody label={label}>{error !== null && <Problem error={error} onRetry={onRetry} />}</ScreenBody>
    </Screen>
  );
}
