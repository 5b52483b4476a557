import { lazy, Suspense } from 'react';
import { PromptScreen } from '../features/prompt/prompt-screen';

const SuggestionsScreen = lazy(async () => ({
  default: (await import('../features/suggestions/suggestions-screen')).SuggestionsScreen,
}));

/** A prompt with the suggestions about it, which are a feature of their own. */
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
