import { lazy, Suspense } from 'react';
import { PromptScreen } from '../features/prompt/prompt-screen';

const SuggestionsScreen = lazy(async () => ({
  default: (await import('../features/suggestions/suggestions-screen')).SuggestionsScreen,
}));

/** A prompt with its suggestions, which are a separate feature. */
export function PromptPage() {
  return (
    <PromptScreen
      renderSuggestions={(props) => (
        <Suspense fallback={null}>
          <SuggestionsScreen {...props} />
        </Suspense>
      )}
    />
  );
}
