import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link, Navigate, useNavigate, useSearchParams } from 'react-router'
import { useWrite } from '@/api/write'
import { landing } from '@/app/nav'
import { fill, useLang } from '@/i18n'
import { ErrorPanel } from '@/pattern/state/states'
import { signIn, signInWithOpenId, useSessionQuery } from './api'
import { Gate } from './Gate'
import type { SandboxAccount } from './model'
import { canUsePasskey, signInWithPasskey } from './passkey'
import { useSession } from './session'
import { TextField } from './TextField'

/** Sign in by password or passkey. A sandbox offers an account for every role. */
export default function SignInPage() {
  const { d, lang } = useLang()
  const session = useSession()
  const [params] = useSearchParams()
  const client = useQueryClient()
  const navigate = useNavigate()
  const again = useSessionQuery()
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [asked, setAsked] = useState(false)

  async function enter() {
    client.removeQueries({ predicate: (q) => q.queryKey[0] !== 'session' })
    const fresh = await again.refetch()
    const next = params.get('next')
    // Only a path of ours: a foreign address after sign-in would be a phishing aid.
    void navigate(next?.startsWith('/') && !next.startsWith('//') ? next : landing(fresh.data?.active?.role), { replace: true })
  }
  const password_ = useWrite(signIn, () => void enter())
  const passkey = useWrite(signInWithPasskey, () => void enter())
  const openId = useWrite(signInWithOpenId)
  const faults: Record<string, string> = d.problem
  const fault = params.get('fault')
  if (session.setupNeeded) return <Navigate to="/setup" replace />
  const accounts = session.sandbox?.accounts ?? []
  const failed = password_.error ?? passkey.error ?? openId.error

  return (
    <Gate title={d.session.signIn} sentence={d.session.signInSentence} aside={accounts.length > 0 && <SandboxAccounts accounts={accounts} busy={password_.isPending} onPick={(a) => password_.mutate({ login: a.login, password: a.password })} />}>
      <form
        className="gate-form"
        onSubmit={(event) => {
          event.preventDefault()
          setAsked(true)
          if (login && password) password_.mutate({ login, password })
        }}
      >
        <TextField name="login" label={d.session.login} value={login} onChange={setLogin} error={asked && !login ? d.session.needed : undefined} autoComplete="username webauthn" />
        <TextField name="password" label={d.session.password} value={password} onChange={setPassword} error={asked && !password ? d.session.needed : undefined} secret autoComplete="current-password" />
        {failed && <ErrorPanel error={failed} unchanged="" />}
        <div className="row">
          <Button type="primary" htmlType="submit" disabled={password_.isPending}>
            {d.session.signIn}
          </Button>
          {canUsePasskey() && (
            <Button disabled={passkey.isPending} onClick={() => passkey.mutate(undefined)}>
              {d.session.passkey}
            </Button>
          )}
          {session.openId && <Button onClick={() => openId.mutate(undefined)}>{fill(d.session.openId, { name: session.openId })}</Button>}
        </div>
        {fault && <p className="bad">{faults[fault] ?? d.problem.internal}</p>}
        <p className="note">
          {d.session.forgot} <Link to="/policy">{d.session.withoutSignIn}</Link> · <a href={lang === 'en' ? '/open/en/' : '/open/'}>{d.session.portal}</a>
        </p>
      </form>
    </Gate>
  )
}

function SandboxAccounts({ accounts, busy, onPick }: { accounts: SandboxAccount[]; busy: boolean; onPick: (account: SandboxAccount) => void }) {
  const { d, say } = useLang()
  return (
    <section className="card gate-accounts" aria-labelledby="accounts">
      <div className="card-head">
        <h2 id="accounts">{d.session.sandboxTitle}</h2>
        <span className="note">{d.session.sandboxNote}</span>
      </div>
      <ul>
        {accounts.map((account) => (
          <li key={account.login}>
            <button type="button" disabled={busy} onClick={() => onPick(account)}>
              <b>{say(account.label)}</b>
              <span className="note">
                {d.role[account.role]} · <span className="mono">{account.login}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
