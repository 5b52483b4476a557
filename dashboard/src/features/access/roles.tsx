import type { Role } from '@prompt-ledger/client';
import type { ComponentProps } from 'react';
import { Select } from '../../ui/controls/field';

/** Each role includes the permissions of the previous ones. */
const ROLES: readonly (readonly [role: Role, may: string])[] = [
  ['viewer', 'reads'],
  ['runner', 'runs, and reads contents'],
  ['editor', 'writes prompts, opens changes'],
  ['approver', 'approves changes'],
  ['admin', 'does everything in the project'],
];

export const isRole = (text: string): text is Role => ROLES.some(([role]) => role === text);

/** Chooses a role; `children` adds further choices. */
export function RoleSelect({ children, ...props }: ComponentProps<'select'>) {
  return (
    <Select className="w-full" {...props}>
      {ROLES.map(([role, may]) => (
        <option key={role} value={role}>{`${role}: ${may}`}</option>
      ))}
      {children}
    </Select>
  );
}
