import './session.css'
import type { ReactNode } from 'react'
import { Hem } from '@/app/shell/Hem'
import { Mark } from '@/app/shell/Mark'
import { LangSwitch } from '@/app/shell/TopBar'
import { useLang } from '@/i18n'
import { useSession } from './session'

/** The page around sign-in, set-up and enrolment: the mark, one card, nothing to wander off to. */
export function Gate({ title, sentence, children, aside }: { title: string; sentence?: string; children: ReactNode; aside?: ReactNode }) {
  const { d, say } = useLang()
  const session = useSession()
  return (
    <div className="gate">
      <Hem />
      <header className="gate-head">
        <span className="brand">
          <Mark />
          <span>
            <span className="brand-name">{d.app.name}</span>
            <span className="brand-place">{say(session.region)}</span>
          </span>
        </span>
        <span className="row">
          {session.sandbox && <span className="sandbox-tag">{d.app.sandbox}</span>}
          <LangSwitch />
        </span>
      </header>
      <main className={aside ? 'gate-main gate-two' : 'gate-main'}>
        <section className="card gate-card">
          <h1 className="page-title">{title}</h1>
          {sentence && <p className="soft gate-sentence">{sentence}</p>}
          {children}
        </section>
        {aside}
      </main>
    </div>
  )
}
