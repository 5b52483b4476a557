import type { Prompt, PromptEnvironment } from '@prompt-ledger/client';
import { useState } from 'react';
import { useMay } from '../../../api/use-session';
import { Button } from '../../../ui/controls/button';
import { AboutDialog } from './about-dialog';
import { DeleteDialog } from './delete-dialog';

/** Offers those who may write a prompt to change what is known about it, and to delete it. */
export function AboutButtons({
  prompt,
  newest,
  pointers,
}: {
  readonly prompt: Prompt;
  /** The number of the newest version; 0 without any. */
  readonly newest: number;
  readonly pointers: readonly PromptEnvironment[];
}) {
  const mayWrite = useMay('prompts:write', prompt.owner_team);
  const [asked, setAsked] = useState<'about' | 'delete' | null>(null);
  const close = () => setAsked(null);
  if (!mayWrite) return null;
  return (
    <>
      <Button tone="danger" onClick={() => setAsked('delete')}>
        Delete …
      </Button>
      {/* The facts about a prompt in code come from its registration. */}
      {prompt.mode === 'full' && newest > 0 && <Button onClick={() => setAsked('about')}>About …</Button>}
      {asked === 'about' && <AboutDialog prompt={prompt} newest={newest} onClose={close} />}
      {asked === 'delete' && <DeleteDialog prompt={prompt} pointers={pointers} onClose={close} />}
    </>
  );
}
