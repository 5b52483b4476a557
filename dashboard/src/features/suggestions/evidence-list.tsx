import type { Suggestion } from '@prompt-ledger/client';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { visibleText } from '../../ui/text/visible-text';
import { writeFact } from './write-facts';

/** Shows the evidence of a suggestion: places in the version, figures, and links to them. */
export function EvidenceList({ evidence: { places, facts, links } }: Pick<Suggestion, 'evidence'>) {
  const figures = Object.entries(facts);
  return (
    <div className="grid gap-2.5 px-3.5 py-3">
      {places.length > 0 && (
        <ul className="m-0 grid list-none gap-1.5 p-0" aria-label="Places in the version">
          {places.map(({ pointer, begin, text }) => (
            <li key={`${pointer} ${begin}`} className="flex flex-wrap items-baseline gap-x-2">
              <code className="rounded-[4px] bg-code px-1.5 py-0.5 break-words whitespace-pre-wrap mono">
                {visibleText(text)}
              </code>
              <span className="break-words text-ink-3 mono">{visibleText(pointer)}</span>
            </li>
          ))}
        </ul>
      )}
      {figures.length > 0 && (
        <dl className="m-0 flex flex-wrap gap-x-5 gap-y-1">
          {figures.map(([name, value]) => (
            <div key={name} className="flex max-w-full min-w-0 gap-1.5">
              <dt className="flex-none text-ink-3">{visibleText(name.replaceAll('_', ' '))}</dt>
              <dd className="m-0 min-w-0 break-words tabular-nums">{visibleText(writeFact(value))}</dd>
            </div>
          ))}
        </dl>
      )}
      {links.length > 0 && (
        <ul className="m-0 flex list-none flex-wrap gap-x-3.5 gap-y-1 p-0" aria-label="Where to look">
          {links.map((link) => (
            <li key={link} className="max-w-full min-w-0 break-words">
              <EvidenceLink link={link} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const CLASS = 'text-accent';

/** @param link a path of the API, which leads to the dashboard's screen where there is one. */
function EvidenceLink({ link }: { readonly link: string }): ReactNode {
  const [, kind, ...rest] = link.split('/').slice(1);
  const [first = '', part, second = ''] = rest.map(decode);
  if (kind === 'executions' && rest.length === 1 && first !== '') {
    return (
      <Link to="/executions/$id" params={{ id: first }} className={CLASS}>
        {visibleText(`execution ${first.slice(-8)}`)}
      </Link>
    );
  }
  if (kind === 'experiments' && rest.length === 1 && first !== '') {
    return (
      <Link to="/experiments/$id" params={{ id: first }} search={{}} className={CLASS}>
        the experiment
      </Link>
    );
  }
  if (kind === 'prompts' && part === 'versions' && rest.length === 3 && Number(second) > 0) {
    return (
      <Link
        to="/prompts/$name"
        params={{ name: first }}
        search={{ tab: 'versions', version: Number(second) }}
        className={CLASS}
      >
        {visibleText(`${first} v${second}`)}
      </Link>
    );
  }
  return <span className="mono text-ink-2">{visibleText(link)}</span>;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
