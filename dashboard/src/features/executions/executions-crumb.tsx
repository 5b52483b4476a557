import { Link } from '@tanstack/react-router';

/** Leads from one execution or batch back to the list. @param what the kind of what is shown, if that is no execution */
export function ExecutionsCrumb({ what = '' }: { readonly what?: string }) {
  return (
    <>
      <Link to="/executions" search={{}} className="text-ink-3 no-underline hover:text-ink">
        Executions
      </Link>{' '}
      {`/ ${what}`}
    </>
  );
}
