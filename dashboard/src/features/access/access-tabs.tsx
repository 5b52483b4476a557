import { Link } from '@tanstack/react-router';
import { useMay } from '../../api/use-session';
import { TAB_CLASS, Tabs } from '../../ui/controls/tabs';

/** Keys, members and teams: who may do what in the project. */
export function AccessTabs() {
  const mayKeys = useMay('keys:write');
  const mayMembers = useMay('members:write');
  return (
    <Tabs label="Keys and members">
      {mayKeys && (
        <Link to="/keys" className={TAB_CLASS}>
          Keys
        </Link>
      )}
      {mayMembers && (
        <>
          <Link to="/members" className={TAB_CLASS}>
            Members
          </Link>
          <Link to="/teams" className={TAB_CLASS}>
            Teams
          </Link>
        </>
      )}
    </Tabs>
  );
}
