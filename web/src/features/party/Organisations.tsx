import { Input } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { useSession } from '@/features/session/session'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty } from '@/pattern/state/states'
import { useOrganisation, useOrganisations } from './api'
import { Members } from './Members'
import { Payees } from './Payees'

/** Every organisation; one of them opens with its people and accounts. */
export function Organisations() {
  const { d } = useLang()
  const [params, setParams] = useSearchParams()
  const q = params.get('oq') ?? ''
  const open = params.get('org')
  const found = useOrganisations(q)
  return (
    <div className="stack">
      {open && <OpenOrganisation code={open} />}
      <Card
        title={d.party.organisations}
        extra={<Input.Search size="small" allowClear className="filter-q" defaultValue={q} placeholder={d.party.find} aria-label={d.party.find} onSearch={(value) => setParams({ tab: 'organisations', ...(value.trim() ? { oq: value.trim() } : {}) }, { replace: true })} />}
        flush
      >
        <Loaded query={found} lines={5}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty title={d.searchPage.noOrganisations} />
            ) : (
              <DataTable
                caption={d.party.organisations}
                rows={rows}
                rowKey={(o) => o.code}
                selected={(o) => o.code === open}
                compact
                columns={[
                  { key: 'name', title: d.party.organisation, main: true, render: (o) => <Link to={`/people?tab=organisations&oq=${encodeURIComponent(q)}&org=${o.code}`}>{o.name}</Link> },
                  { key: 'code', title: d.party.code, render: (o) => <span className="mono">{o.code}</span> },
                  { key: 'kind', title: d.party.kindTitle, render: (o) => d.party.kind[o.kind] },
                  { key: 'place', title: d.party.place, render: (o) => <span className="mono">{o.place}</span> },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
    </div>
  )
}

function OpenOrganisation({ code }: { code: string }) {
  const role = useSession().active?.role
  const organisation = useOrganisation(code)
  return (
    <>
      <Loaded query={organisation} lines={1}>
        {(o) => (
          <p>
            <b>{o.name}</b> <span className="mono note">{o.code}</span>
          </p>
        )}
      </Loaded>
      {role !== 'finance' && <Members org={code} />}
      {role !== 'admin' && <Payees org={code} />}
    </>
  )
}
