import type { ChatMessage, PromptContent } from '../../../templating/index.js';
import type { CodePrompt } from '../code-prompt.js';
import { type StaticMember, type StaticMembers, type StaticValue, UnreadableError } from './static-values.js';

const ROLES = ['system', 'user', 'assistant'];
const KNOWN = ['messages', 'template_source', 'description', 'owner_team', 'tags'];

export type DescribedPrompt = Pick<CodePrompt, 'content' | 'description' | 'ownerTeam' | 'tags'>;

/**
 * Reads a prompt written as an object: `{ messages: [{ role, content }, …] }` or `{ template_source }`, with its description, owner and
 * tags.
 * @returns null for any other object
 * @throws UnreadableError for a prompt that has other members, or members in another form
 */
export function readDescribedPrompt(members: StaticMembers): DescribedPrompt | null {
  const content = toContent(members);
  if (content === null) return null;
  for (const [key, member] of members) {
    if (KNOWN.includes(key)) continue;
    throw new UnreadableError(
      member,
      `${key} is not kept of a prompt in code, which may have ${KNOWN.join(', ')}`,
    );
  }
  const description = readText(members.get('description'), 'description');
  const ownerTeam = readText(members.get('owner_team'), 'owner_team');
  const tags = readTags(members.get('tags'));
  return {
    content,
    ...(description === undefined ? {} : { description }),
    ...(ownerTeam === undefined ? {} : { ownerTeam }),
    ...(tags === undefined ? {} : { tags }),
  };
}

function toContent(members: StaticMembers): PromptContent | null {
  const template = members.get('template_source');
  const messages = members.get('messages');
  if (template !== undefined && messages === undefined) {
    const text = template.value();
    return text.kind === 'text' ? { kind: 'text', templateSource: text.text } : null;
  }
  const list = messages?.value();
  if (list?.kind !== 'list' || list.items.length === 0) return null;
  const values = list.items.map((item) => ({ item, value: item.value() }));
  if (!values.some(({ value }) => value.kind === 'object' && value.members.has('role'))) return null;
  return { kind: 'chat', messages: values.map(({ item, value }) => toChatMessage(item, value)) };
}

function toChatMessage(item: StaticMember, value: StaticValue): ChatMessage {
  const members: StaticMembers = value.kind === 'object' ? value.members : new Map();
  const role = members.get('role')?.value();
  const content = members.get('content')?.value();
  const isMessage = role?.kind === 'text' && ROLES.includes(role.text) && content?.kind === 'text';
  if (isMessage && members.size === 2)
    return { role: role.text as ChatMessage['role'], content: content.text };
  throw new UnreadableError(item, 'a message is a role (system, user or assistant) and a content, both text');
}

function readText(member: StaticMember | undefined, name: string): string | null | undefined {
  if (member === undefined) return undefined;
  const value = member.value();
  if (value.kind === 'text') return value.text;
  throw new UnreadableError(member, `${name} must be text`);
}

function readTags(member: StaticMember | undefined): readonly string[] | undefined {
  if (member === undefined) return undefined;
  const value = member.value();
  const words = value.kind === 'list' ? value.items.map((item) => item.value()) : null;
  if (words?.every((word) => word.kind === 'text') === true) return words.map((word) => word.text);
  throw new UnreadableError(member, 'tags must be a list of texts');
}
