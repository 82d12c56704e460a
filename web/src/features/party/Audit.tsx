import { Link } from 'react-router'
import { stampTime } from '@/calendar/date'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { useAudit } from './api'

/** Who did what in which role, newest first. */
export function Audit() {
  const { d, lang } = useLang()
  const [action] = useFilter('action')
  const audit = useAudit(action)
  const roles: Record<string, string> = d.role
  return (
    <Card title={d.party.audit} note="UTC+8" extra={<SearchFilter name="action" label={d.party.auditFilter} />} flush>
      <Paged query={audit} empty={<Empty title={d.party.noAudit} />}>
        {(rows) => (
          <DataTable
            caption={d.party.audit}
            rows={rows}
            rowKey={(e) => e.id}
            compact
            columns={[
              { key: 'at', title: d.party.when, render: (e) => <span className="num">{stampTime(e.at, lang)}</span> },
              { key: 'who', title: d.party.who, main: true, render: (e) => [e.name || d.party.system, roles[e.role] ?? e.role].filter(Boolean).join(' · ') },
              { key: 'action', title: d.party.action, render: (e) => <Action code={e.action} /> },
              { key: 'object', title: d.evidence.object, render: (e) => <Subject kind={e.kind} id={e.subject} /> },
            ]}
          />
        )}
      </Paged>
    </Card>
  )
}

/** What was done in words, with its name in code, by which the list is filtered. */
function Action({ code }: { code: string }) {
  const { d } = useLang()
  const done: Record<string, string> = d.party.done
  const events: Record<string, string> = d.application.event
  const words = done[code] ?? events[code.replace('policy.application.', '')]
  return (
    <>
      {words} <span className="note mono">{code}</span>
    </>
  )
}

function Subject({ kind, id }: { kind: string; id: string }) {
  const page = kind === 'application' ? `/applications/${id}` : kind === 'organisation' ? `/people?tab=organisations&org=${id}` : null
  return page ? (
    <Link to={page} className="mono break">
      {id}
    </Link>
  ) : (
    <span className="mono break">{id}</span>
  )
}
