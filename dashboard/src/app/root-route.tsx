import { createRootRoute, Link } from '@tanstack/react-router';
import { Problem } from '../ui/problem';
import { Screen, ScreenBody } from '../ui/screen';
import { Frame } from './frame';

/** The route that holds all others. */
export const root = createRootRoute({
  component: Frame,
  notFoundComponent: NotFound,
  errorComponent: Failed,
});

function NotFound() {
  return (
    <Screen title="There is no such screen">
      <ScreenBody label="There is no such screen">
        <Link to="/prompts" search={{}} className="text-accent">
          Go to the prompts
        </Link>
      </ScreenBody>
    </Screen>
  );
}

function Failed({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  return (
    <div className="p-5">
      <Problem error={error} onRetry={reset} />
    </div>
  );
}
