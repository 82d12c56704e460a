import { Button } from 'antd'
import { useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { useQueryClient } from '@tanstack/react-query'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { useLang } from '@/i18n'
import { ErrorPanel } from '@/pattern/state/states'
import { enrol, resetPassword, setUp, type Newcomer } from './api'
import { Gate } from './Gate'
import { TextField } from './TextField'

const TOKEN = 'token'

/** First run: whoever holds the token that the server printed becomes the administrator. */
export function SetupPage() {
  const { d } = useLang()
  return <NewPerson title={d.session.setup} sentence={d.session.setupSentence} write={setUp} tokenHint={d.session.setupToken} />
}

/** Accepting an invitation. */
export function EnrolPage() {
  const { d } = useLang()
  return <NewPerson title={d.session.enrol} sentence={d.session.enrolSentence} write={enrol} tokenHint={d.session.enrolToken} />
}

interface NewPersonProps {
  title: string
  sentence: string
  tokenHint: string
  write: (input: Newcomer) => Promise<unknown>
}

function NewPerson({ title, sentence, write, tokenHint }: NewPersonProps) {
  const { d } = useLang()
  const [params] = useSearchParams()
  const navigate = useNavigate()
  const [person, setPerson] = useState({ token: params.get(TOKEN) ?? '', name: '', login: '', password: '' })
  const client = useQueryClient()
  const save = useWrite(write, async () => {
    // Whoever has enrolled is signed in; the next page is theirs.
    await client.refetchQueries({ queryKey: ['session'] })
    void navigate('/', { replace: true })
  })
  const problem = save.error ? Problem.from(save.error) : null
  const set = (key: keyof typeof person) => (value: string) => setPerson((p) => ({ ...p, [key]: value }))
  return (
    <Gate title={title} sentence={sentence}>
      <form
        className="gate-form"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate(person)
        }}
      >
        <TextField name="token" label={d.session.token} hint={tokenHint} error={problem?.of('token')} value={person.token} onChange={set('token')} autoComplete="one-time-code" />
        <TextField name="name" label={d.session.name} error={problem?.of('name')} value={person.name} onChange={set('name')} autoComplete="name" />
        <TextField name="login" label={d.session.login} hint={d.session.loginHint} error={problem?.of('login')} value={person.login} onChange={set('login')} autoComplete="username" />
        <TextField name="password" label={d.session.newPassword} hint={d.session.passwordHint} error={problem?.of('password')} value={person.password} onChange={set('password')} secret autoComplete="new-password" />
        {save.error && <ErrorPanel error={save.error} />}
        <Button type="primary" htmlType="submit" disabled={save.isPending || Object.values(person).some((v) => !v)}>
          {title}
        </Button>
      </form>
    </Gate>
  )
}

/** A new password with the one-time token that an administrator handed over. */
export function ResetPage() {
  const { d } = useLang()
  const [params] = useSearchParams()
  const navigate = useNavigate()
  const [token, setToken] = useState(params.get(TOKEN) ?? '')
  const [password, setPassword] = useState('')
  const save = useWrite(resetPassword, () => void navigate('/sign-in', { replace: true }))
  const problem = save.error ? Problem.from(save.error) : null
  return (
    <Gate title={d.session.reset} sentence={d.session.resetSentence}>
      <form
        className="gate-form"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({ token, password })
        }}
      >
        <TextField name="token" label={d.session.token} error={problem?.of('token')} value={token} onChange={setToken} autoComplete="one-time-code" />
        <TextField name="password" label={d.session.newPassword} hint={d.session.passwordHint} error={problem?.of('password')} value={password} onChange={setPassword} secret autoComplete="new-password" />
        {save.error && <ErrorPanel error={save.error} />}
        <Button type="primary" htmlType="submit" disabled={save.isPending || !token || !password}>
          {d.session.reset}
        </Button>
      </form>
    </Gate>
  )
}
