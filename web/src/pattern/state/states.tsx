import './state.css'
import { Button } from 'antd'
import { useEffect, useState, type ReactNode } from 'react'
import { Problem } from '@/api/problem'
import { fill, useLang } from '@/i18n'

const PATIENCE_MS = 400

/** Nothing for 0.4 s, then grey bars in the final layout: no spinner, no jump. */
export function Loading({ lines = 3 }: { lines?: number }) {
  const { d } = useLang()
  const [shown, show] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => show(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className="loading" aria-busy="true" aria-label={d.state.loading}>
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} className={shown ? 'shown' : ''} style={{ width: `${[92, 70, 84, 61][i % 4]}%` }} />
      ))}
    </div>
  )
}

/** One sentence, and the next date or the first step. */
export function Empty({ title, next }: { title: string; next?: ReactNode }) {
  return (
    <div className="empty">
      <p>{title}</p>
      {next && <p className="note">{next}</p>}
    </div>
  )
}

/** Says which role may open this; never a bare refusal. */
export function NoRight({ detail }: { detail?: string }) {
  const { d } = useLang()
  return (
    <div className="empty">
      <p>{d.state.noRight}</p>
      <p className="note">{detail || d.state.noRightHint}</p>
    </div>
  )
}

interface ErrorProps {
  error: unknown
  onRetry?: () => void
  /** What the button is called, where "try again" would mislead. */
  retry?: string
  unchanged?: string
}

/** What happened, what did not change, what to do, one id to quote. */
export function ErrorPanel({ error, onRetry, retry, unchanged }: ErrorProps) {
  const { d } = useLang()
  const problem = Problem.from(error)
  if (problem.code === 'forbidden') return <NoRight detail={problem.detail} />
  return (
    <div className="error-panel" role="alert">
      <p className="bad">
        <b>{problem.title(d)}</b>
      </p>
      <p>
        {problem.detail} <span className="soft">{problem.code === 'unreachable' ? d.state.unanswered : (unchanged ?? d.state.nothingChanged)}</span>
      </p>
      {problem.fields.length > 0 && (
        <ul className="error-fields">
          {problem.fields.map((field, i) => (
            <li key={i}>
              {field.path && <span className="mono">{field.path}</span>} {field.message}
            </li>
          ))}
        </ul>
      )}
      <p className="row">
        {problem.code === 'unauthorized' && <SignInAgain />}
        {onRetry && problem.code !== 'not_found' && (
          <Button size="small" onClick={onRetry}>
            {retry ?? d.state.retry}
          </Button>
        )}
        {problem.requestId && <span className="note">{fill(d.state.quote, { id: problem.requestId })}</span>}
      </p>
    </div>
  )
}

/** The way back after a session has ended; the whole page loads anew, so that nothing of another person stays. */
function SignInAgain() {
  const { d } = useLang()
  if (window.location.pathname === '/sign-in') return null
  return (
    <a href={`/sign-in?next=${encodeURIComponent(window.location.pathname + window.location.search)}`}>
      <Button size="small" type="primary">
        {d.session.signIn}
      </Button>
    </a>
  )
}
