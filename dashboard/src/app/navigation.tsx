import { Link, useLocation } from '@tanstack/react-router';
import { Fragment, type ReactNode, useEffect, useRef } from 'react';
import { type ScreenLink, useScreens } from './use-screens';

const LINK =
  'flex flex-none items-center gap-2.5 rounded-md px-2 py-[5px] whitespace-nowrap text-ink-2 no-underline hover:bg-code hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-[560] aria-[current=page]:text-accent';

/** Links to every screen, in groups. @param notes shown beside a link, by its path. */
export function Navigation({ notes }: { readonly notes: Readonly<Record<string, ReactNode>> }) {
  const { pathname } = useLocation();
  const nav = useRef<HTMLElement>(null);
  // On a narrow screen the links are a scrolling row, and the current one may be out of sight.
  useEffect(() => {
    nav.current
      ?.querySelector('[aria-current="page"]')
      ?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [pathname]);
  return (
    <nav
      ref={nav}
      aria-label="Screens"
      className="relative order-last flex w-full gap-0.5 overflow-x-auto md:order-none md:min-h-0 md:flex-col md:overflow-y-auto"
    >
      {useScreens().map(({ title, screens }) => (
        <Fragment key={title ?? ''}>
          {title !== null && screens.length > 0 && (
            <span className="hidden px-2 pt-3 pb-1 text-[11px] font-[560] tracking-[.02em] text-ink-3 md:block">
              {title}
            </span>
          )}
          {screens.map((screen) => (
            <Link
              key={screen.title}
              to={screen.path}
              className={LINK}
              aria-current={isOn(pathname, screen) ? 'page' : undefined}
            >
              <screen.icon size={15} aria-hidden className="flex-none" /> {screen.title} {notes[screen.path]}
            </Link>
          ))}
        </Fragment>
      ))}
    </nav>
  );
}

function isOn(pathname: string, { path, tabs }: ScreenLink): boolean {
  return [path, ...tabs.map(([tab]) => tab)].some(
    (place) => pathname === place || pathname.startsWith(`${place}/`),
  );
}
