import './shell.css'
import { Suspense, useEffect, useRef, useSyncExternalStore } from 'react'
import { Outlet, useLocation } from 'react-router'
import { headDate } from '@/calendar/date'
import { useSession } from '@/features/session/session'
import { useLang } from '@/i18n'
import { Loading } from '@/pattern/state/states'
import { Hem } from './Hem'
import { BottomBar, Rail } from './Rail'
import { TopBar } from './TopBar'

/** Every page of the console: hem, rail, top bar, then the page. */
export function Shell() {
  const { d, lang, say } = useLang()
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
      <Offline />
      <main id="main" ref={main} tabIndex={-1} className="page">
        <p className="print-head note">
          <span>{[d.app.name, say(session.region), session.sandbox ? d.app.sandboxNote : ''].filter(Boolean).join(' · ')}</span>
          <span>{headDate(session.businessDate, lang)}</span>
        </p>
        <Suspense fallback={<Loading lines={6} />}>
          <Outlet />
        </Suspense>
      </main>
      <BottomBar session={session} />
    </div>
  )
}

/** Says that the network is gone; the place stays, so that a reader of the screen hears it. */
function Offline() {
  const { d } = useLang()
  const online = useSyncExternalStore(listen, () => navigator.onLine)
  return (
    <p role="status" className="offline no-print">
      {online ? '' : d.state.offline}
    </p>
  )
}

function listen(changed: () => void) {
  window.addEventListener('online', changed)
  window.addEventListener('offline', changed)
  return () => {
    window.removeEventListener('online', changed)
    window.removeEventListener('offline', changed)
  }
}
