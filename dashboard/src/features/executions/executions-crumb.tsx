import { Link } from '@tanstack/react-router';

/** Leads from one execution or batch back to the list. @param what names the kind of item, unless it is an execution */
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
