import { tableDate } from '@/calendar/date'
import type { RoleName } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty } from '@/pattern/state/states'
import { AddPerson, PersonName } from './AddPerson'
import { addMember, useMembers } from './api'

type OrgRole = Parameters<ReturnType<typeof addMember>>[0]['role']
const ORG_ROLES: [OrgRole, ...OrgRole[]] = ['org_member', 'org_manager', 'operator', 'data_provider']

/** An organisation's people; its manager adds one and hands over a one-time code. */
export function Members({ org }: { org: string }) {
  const { d, lang } = useLang()
  const role = useSession().active?.role
  const manages = role === 'admin' || role === 'org_manager'
  const members = useMembers(org)
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
                    render: (m) => <PersonName person={m} />,
                  },
                  { key: 'role', title: d.party.role, render: (m) => d.role[m.role as RoleName] },
                  { key: 'since', title: d.party.since, render: (m) => <span className="num">{tableDate(m.since, lang)}</span> },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
      {manages && <AddPerson title={d.party.addMember} roles={ORG_ROLES} add={addMember(org)} />}
    </div>
  )
}
