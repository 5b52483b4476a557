import type { Role } from '../../../sdk/src/index.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { note, print, printJson, printTable } from '../terminal/output.js';

export interface AddServiceFlags extends LedgerFlags {
  readonly role: string;
}

export async function listMembersCommand(flags: LedgerFlags): Promise<void> {
  const members = await (await connect(flags)).members.list({ limit: 200 }).all();
  if (flags.json === true) return printJson(members);
  await printTable(
    ['user id', 'name', 'kind', 'role', 'state'],
    members.map((member) => [
      member.user_id,
      member.email === null ? member.name : `${member.name} <${member.email}>`,
      member.kind,
      member.role,
      member.disabled ? 'disabled' : '',
    ]),
  );
}

/** Adds a service account with a role, which the keys of a program belong to. */
export async function addServiceCommand(name: string, flags: AddServiceFlags): Promise<void> {
  const ledger = await connect(flags);
  const user = await ledger.users.create({ kind: 'service', name });
  // The ledger validates roles, and its error lists the known ones.
  const member = await ledger.members.put(user.user_id, { role: flags.role as Role }).catch(sayWhatIsThere);
  if (flags.json === true) return printJson(member);
  note(`Service account "${member.name}" is ${member.role}. Its id:`);
  await print(member.user_id);

  /** Prints the id of the account: otherwise the account is hard to find, and a second try makes another one. */
  function sayWhatIsThere(error: unknown): never {
    note(`The account was made, but has no role yet: \`members put ${user.user_id} ROLE\` gives it one.`);
    throw error;
  }
}

export async function putMemberCommand(userId: string, role: string, flags: LedgerFlags): Promise<void> {
  const member = await (await connect(flags)).members.put(userId, { role: role as Role });
  if (flags.json === true) return printJson(member);
  await print(`${member.name} is ${member.role}; within 5 seconds that holds everywhere.`);
}

export async function removeMemberCommand(userId: string, flags: LedgerFlags): Promise<void> {
  await (await connect(flags)).members.delete(userId);
  if (flags.json === true) return printJson({ removed: userId });
  await print(`User ${userId} is no longer a member; within 5 seconds their keys are refused everywhere.`);
}
