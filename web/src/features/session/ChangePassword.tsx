import { Button } from 'antd'
import { useState } from 'react'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { changePassword } from './api'
import { TextField } from './TextField'

/** A new password, with the old one as the proof of who asks. */
export function ChangePassword() {
  const { d } = useLang()
  const [old, setOld] = useState('')
  const [password, setPassword] = useState('')
  const save = useWrite(changePassword, () => {
    setOld('')
    setPassword('')
  })
  const problem = save.error ? Problem.from(save.error) : null
  return (
    <Card title={d.session.changePassword}>
      <form
        className="stack account-password"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({ old, password })
        }}
      >
        <TextField name="old" label={d.session.oldPassword} value={old} onChange={setOld} secret autoComplete="current-password" error={problem?.of('old')} />
        <TextField name="password" label={d.session.newPassword} hint={d.session.passwordHint} value={password} onChange={setPassword} secret autoComplete="new-password" error={problem?.of('password')} />
        {save.error && <ErrorPanel error={save.error} />}
        {save.isSuccess && <p role="status">{d.session.passwordChanged}</p>}
        <div>
          <Button htmlType="submit" disabled={save.isPending || !old || !password}>
            {d.session.changePassword}
          </Button>
        </div>
      </form>
    </Card>
  )
}
