import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useWrite } from '@/api/write'
import type { RoleName } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty, ErrorPanel } from '@/pattern/state/states'
import { invite, resetPerson, useMembers } from './api'

const ORG_ROLES: RoleName[] = ['organisation_member', 'organisation_manager']
const ALL_ROLES: RoleName[] = ['office', 'finance', 'reviewer', 'auditor', 'organisation_manager', 'organisation_member', 'centre_operator', 'data_provider', 'administrator']

/** Members with their roles; a manager invites and hands out one-time codes. */
export function Members({ org }: { org: string }) {
  const { d } = useLang()
  const role = useSession().active?.role
  const manages = role === 'administrator' || role === 'organisation_manager'
  const members = useMembers(org)
  const reset = useWrite((id: string, key) => resetPerson(id, key))
  return (
    <div className="columns">
      <Card title={d.party.members} flush>
        <Loaded query={members}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty title={d.party.noMembers} />
            ) : (
              <DataTable
                caption={d.party.members}
                rows={rows}
                rowKey={(m) => m.membership}
                columns={[
                  {
                    key: 'name',
                    title: d.session.name,
                    main: true,
                    render: (m) => (
                      <>
                        <b>{m.person.name}</b> <span className="note mono">{m.person.login}</span>
                      </>
                    ),
                  },
                  { key: 'role', title: d.party.role, render: (m) => d.role[m.role] },
                  ...(manages
                    ? [
                        {
                          key: 'reset',
                          title: '',
                          render: (m: (typeof rows)[number]) => (
                            <button type="button" className="link-button" disabled={reset.isPending} onClick={() => reset.mutate(m.person.id)}>
                              {d.party.reset}
                            </button>
                          ),
                        },
                      ]
                    : []),
                ]}
              />
            )
          }
        </Loaded>
        {reset.error && <ErrorPanel error={reset.error} />}
        {reset.data && <Once label={d.party.resetOnce} secret={`${window.location.origin}/reset?token=${reset.data.token}`} />}
      </Card>
      {manages && <InviteCard org={org} roles={role === 'administrator' ? ALL_ROLES : ORG_ROLES} />}
    </div>
  )
}

function InviteCard({ org, roles }: { org: string; roles: RoleName[] }) {
  const { d } = useLang()
  const [name, setName] = useState('')
  const [role, setRole] = useState<RoleName>('organisation_member')
  const send = useWrite(invite, () => setName(''))
  return (
    <Card title={d.party.invite} note={d.party.inviteNote}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          send.mutate({ name: name.trim(), role, org })
        }}
      >
        <Input aria-label={d.session.name} placeholder={d.session.name} value={name} onChange={(e) => setName(e.target.value)} />
        <Select<RoleName> aria-label={d.party.role} value={role} onChange={setRole} options={roles.map((r) => ({ value: r, label: d.role[r] }))} />
        <div>
          <Button type="primary" htmlType="submit" loading={send.isPending} disabled={!name.trim()}>
            {d.party.inviteGo}
          </Button>
        </div>
      </form>
      {send.error && <ErrorPanel error={send.error} />}
      {send.data?.token && <Once label={d.party.inviteOnce} secret={`${window.location.origin}/enrol?token=${send.data.token}`} />}
    </Card>
  )
}

/** A secret that is shown once. */
export function Once({ label, secret }: { label: string; secret: string }) {
  return (
    <p className="once" role="status">
      {label}
      <code className="mono break">{secret}</code>
    </p>
  )
}
