import './shell.css'
import { Suspense, useEffect, useRef } from 'react'
import { Outlet, useLocation } from 'react-router'
import { useSession } from '@/features/session/session'
import { useLang } from '@/i18n'
import { Loading } from '@/pattern/state/states'
import { Hem } from './Hem'
import { BottomBar, Rail } from './Rail'
import { TopBar } from './TopBar'

/** Every page of the console: hem, rail, top bar, then the page. */
export function Shell() {
  const { d } = useLang()
  const session = useSession()
  const { pathname } = useLocation()
  const main = useRef<HTMLElement>(null)
  const first = useRef(true)
  useEffect(() => {
    // A reader of the screen hears the new page; the first load keeps the browser's own focus.
    if (!first.current) main.current?.focus({ preventScroll: true })
    if (!first.current) window.scrollTo(0, 0)
    first.current = false
  }, [pathname])
  return (
    <div className="shell">
      <a href="#main" className="skip-link">
        {d.app.skip}
      </a>
      <Hem />
      <TopBar session={session} />
      <Rail session={session} />
      <main id="main" ref={main} tabIndex={-1} className="page">
        <Suspense fallback={<Loading lines={6} />}>
          <Outlet />
        </Suspense>
      </main>
      <BottomBar session={session} />
    </div>
  )
}
