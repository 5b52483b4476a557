import type { PromptContent } from '../../../templating/index.js';
import { text } from '../suggestions.fixtures.testkit.js';

const SIZE = 200_000;
const fill = (piece: string, size = SIZE) => piece.repeat(Math.ceil(size / piece.length));
const names = <Each>(count: number, write: (nth: number) => Each) =>
  Array.from({ length: count }, (_, nth) => write(nth));

/** Templates of 200 kB, each a bad case for a pattern or a loop. They need not parse. */
export const HOSTILE: readonly (readonly [name: string, content: PromptContent])[] = [
  ['many variables', text(names(12_000, (nth) => `{{variable_${nth}}}`).join(' '))],
  ['many variables of other people in sentences', text(fill('Read {{message}} with great care and do it. '))],
  ['many assignments', text(names(6_000, (nth) => `{% assign v${nth} = 1 %}`).join(''))],
  ['a name that is long', text(`{{ ${fill('a')} | append: "}" }}`)],
  ['an assigned name that is long', text(`{% assign ${fill('a')} = "50%" %}`)],
  ['one sentence with a tag in every word', text(fill('{{a}}b '))],
  ['openings without an end', text(fill('{{'))],
  ['raw tags within quotes', text(fill('{{ "{% raw %}" }}'))],
  ['comments that do not end', text(fill('{% comment %}'))],
  ['space', text(`a${fill(' ')}b`)],
  ['space and lines', text(fill(' \t \n\n\n\n '))],
  ['short sentences', text(names(10_000, (nth) => `Do the thing ${nth}.`).join(' '))],
  [
    'sentences that are nearly alike',
    text(names(900, (nth) => `${fill('word other some more words here ', 200)} ${nth}.`).join('\n')),
  ],
  ['the same sentence', text(fill('Answer in short sentences only, please. '))],
  ['one sentence', text(fill('word '))],
  ['orders', text(fill('give as give in respond with '))],
  ['orders without an end', text(fill('give'))],
  ['quotes and marks', text(fill('<a "“`\'```'))],
  ['words between marks', text(fill('<{{message}}>'))],
  ['braces', text(fill('{a'))],
  ['foreign variables', text(fill('{name} <<name>> [[name]] '))],
  ['code that does not end', text(fill("f'a`"))],
  ['fences', text(fill('```a~~~'))],
  ['dots', text(fill('.'))],
  ['bullets', text(fill('- * > # 1) '))],
  ['names of keys', text(`Return JSON ${fill('"key": ')}`)],
  [
    'messages',
    {
      kind: 'chat',
      messages: Array.from({ length: 2_000 }, (_, nth) => ({
        role: 'system' as const,
        content: `Be kind to ${nth} {{message}} people, and say so. {a}`,
      })),
    },
  ],
];
