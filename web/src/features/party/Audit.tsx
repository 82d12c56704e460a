import { Button, Input } from 'antd'
import { useState } from 'react'
import { stampTime } from '@/calendar/date'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { Empty, ErrorPanel, Loading } from '@/pattern/state/states'
import { useAudit } from './api'

/** Who did what in which role, newest first. */
export function Audit() {
  const { d, lang } = useLang()
  const [action, setAction] = useState('')
  const audit = useAudit(action)
  const rows = audit.data?.pages.flatMap((p) => p.items) ?? []
  const roles: Record<string, string> = d.role
  return (
    <Card title={d.party.audit} note="UTC+8" extra={<Input.Search size="small" allowClear className="filter-q" placeholder={d.party.auditFilter} aria-label={d.party.auditFilter} onSearch={(value) => setAction(value.trim())} />} flush>
      {audit.isPending && <Loading lines={6} />}
      {audit.isError && <ErrorPanel error={audit.error} onRetry={() => void audit.refetch()} />}
      {audit.data && rows.length === 0 && <Empty title={d.party.noAudit} />}
      {rows.length > 0 && (
        <DataTable
          caption={d.party.audit}
          rows={rows}
          rowKey={(e) => e.id}
          compact
          columns={[
            { key: 'at', title: d.party.when, render: (e) => <span className="num">{stampTime(e.at, lang)}</span> },
            { key: 'who', title: d.party.who, main: true, render: (e) => [e.name || d.party.system, roles[e.role] ?? e.role].filter(Boolean).join(' · ') },
            { key: 'action', title: d.party.action, render: (e) => <span className="mono">{e.action}</span> },
            { key: 'object', title: d.evidence.object, render: (e) => <span className="mono break">{e.subject}</span> },
          ]}
        />
      )}
      {audit.hasNextPage && (
        <div className="card-body">
          <Button disabled={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
            {d.app.more}
          </Button>
        </div>
      )}
    </Card>
  )
}
