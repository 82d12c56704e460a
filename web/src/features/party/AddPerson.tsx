import { Button, Select } from 'antd'
import { useState } from 'react'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import type { RoleName } from '@/features/session/model'
import { TextField } from '@/features/session/TextField'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { Once } from './Once'

interface NewPerson<R> {
  name: string
  login: string
  role: R
}

interface Props<R> {
  title: string
  /** Roles to choose from; the first is offered. */
  roles: [R, ...R[]]
  add: (person: NewPerson<R>, key: string) => Promise<{ access: { token: string } }>
}

/** One more person in a role; the one-time link that lets them in is shown once. */
export function AddPerson<R extends RoleName>({ title, roles, add }: Props<R>) {
  const { d } = useLang()
  const blank: NewPerson<R> = { name: '', login: '', role: roles[0] }
  const [person, setPerson] = useState(blank)
  const write = useWrite(add, () => setPerson(blank))
  const problem = write.error ? Problem.from(write.error) : null
  const options = roles.map((r) => ({ value: r, label: d.role[r] }))
  return (
    <Card title={title} note={d.party.inviteNote}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          write.mutate(person)
        }}
      >
        <TextField name="name" label={d.session.name} value={person.name} onChange={(name) => setPerson((p) => ({ ...p, name }))} error={problem?.of('name')} />
        <TextField name="login" label={d.session.login} hint={d.session.loginHint} value={person.login} onChange={(login) => setPerson((p) => ({ ...p, login }))} error={problem?.of('login')} />
        <div className="field">
          <label htmlFor="person-role">{d.party.role}</label>
          <Select<R> id="person-role" className="full" value={person.role} onChange={(role) => setPerson((p) => ({ ...p, role }))} options={options} />
        </div>
        {write.error && <ErrorPanel error={write.error} />}
        <div>
          <Button type="primary" htmlType="submit" disabled={write.isPending || !person.name.trim() || !person.login.trim()}>
            {d.party.addMemberGo}
          </Button>
        </div>
      </form>
      {write.data && <Once label={d.party.resetOnce} secret={`${window.location.origin}/reset?token=${write.data.access.token}`} />}
    </Card>
  )
}

/** A person in a table: the name, and the name they sign in with. */
export function PersonName({ person }: { person: { name: string; login: string } }) {
  return (
    <>
      <b>{person.name}</b> <span className="note mono">{person.login}</span>
    </>
  )
}
