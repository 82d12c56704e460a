import './shell.css'
import { Button } from 'antd'
import { useEffect, useRef, type FormEvent } from 'react'
import { Link, useLocation, useNavigate, useSearchParams } from 'react-router'
import { headDate } from '@/calendar/date'
import { Bell } from '@/features/message/Bell'
import { RoleBox } from '@/features/session/RoleBox'
import type { Session } from '@/features/session/model'
import { useLang, type Lang } from '@/i18n'
import type { Unit } from '@/money/fen'
import { useUnit } from '@/money/unit'
import { Mark } from './Mark'
import { SandboxDate } from './SandboxDate'

/** Search on "/", the programme's day, the sandbox tag, unit and language. */
export function TopBar({ session }: { session: Session }) {
  const { d, lang } = useLang()
  return (
    <header className="top-bar no-print">
      <Link to="/" className="brand brand-phone" aria-label={d.app.home}>
        <Mark size={26} />
        <span className="brand-name">{d.app.name}</span>
      </Link>
      <SearchBox />
      <div className="top-right">
        {session.businessDate && <span className="top-date soft">{session.sandbox && session.signedIn ? <SandboxDate today={session.businessDate} /> : headDate(session.businessDate, lang)}</span>}
        {session.sandbox && (
          <span className="sandbox-tag" title={d.app.sandboxNote}>
            {d.app.sandbox}
          </span>
        )}
        {session.signedIn && <Bell />}
        <UnitSwitch />
        <LangSwitch />
        <span className="phone-only">{session.signedIn && <RoleBox session={session} compact />}</span>
        {!session.signedIn && (
          <Link to="/sign-in">
            <Button>{d.session.signIn}</Button>
          </Link>
        )}
      </div>
    </header>
  )
}

function SearchBox() {
  const { d } = useLang()
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const [params] = useSearchParams()
  // Lists have a q of their own; the box shows only what it asked itself.
  const asked = pathname === '/search' ? (params.get('q') ?? '') : ''
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [contenteditable]')
      if (event.key !== '/' || typing) return
      event.preventDefault()
      input.current?.focus()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const words = input.current?.value.trim()
    if (words) void navigate(`/search?q=${encodeURIComponent(words)}`)
  }
  return (
    <form role="search" className="search-box" onSubmit={submit}>
      <input ref={input} key={asked} type="search" defaultValue={asked} placeholder={d.app.search} aria-label={d.app.search} />
      <kbd aria-hidden="true">/</kbd>
    </form>
  )
}

function UnitSwitch() {
  const { d } = useLang()
  const { unit, setUnit } = useUnit()
  const units: [Unit, string][] = [
    ['yuan', d.money.yuan],
    ['wan', d.money.wan],
  ]
  return <Switch label={d.money.unit} value={unit} options={units} onChoose={setUnit} className="unit-switch" />
}

export function LangSwitch() {
  const { d, lang, setLang } = useLang()
  const languages: [Lang, string][] = [
    ['zh', '中'],
    ['en', 'EN'],
  ]
  return <Switch label={d.app.language} value={lang} options={languages} onChoose={setLang} />
}

interface SwitchProps<T extends string> {
  label: string
  value: T
  options: [T, string][]
  onChoose: (value: T) => void
  className?: string
}

function Switch<T extends string>({ label, value, options, onChoose, className = '' }: SwitchProps<T>) {
  return (
    <span role="group" aria-label={label} className={`switch ${className}`}>
      {options.map(([key, text]) => (
        <button key={key} type="button" aria-pressed={key === value} onClick={() => onChoose(key)}>
          {text}
        </button>
      ))}
    </span>
  )
}
