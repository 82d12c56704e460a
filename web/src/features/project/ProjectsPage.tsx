import { Button, Checkbox } from 'antd'
import { Link, useNavigate } from 'react-router'
import { useSession } from '@/features/session/session'
import { Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { countOf, Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { useProjects } from './api'
import type { Project } from './model'

/** Project files: an organisation's own, or everybody's for officers. */
export default function ProjectsPage() {
  const { d } = useLang()
  const w = d.project
  const active = useSession().active
  const writes = active?.role === 'org_manager' || active?.role === 'org_member'
  const go = useNavigate()
  const [q] = useFilter('q')
  const [judge, setJudge] = useFilter('judge')
  const list = useProjects(q, judge === '1')
  return (
    <>
      <PageHead
        title={w.title}
        sentence={list.data && <Say text={w.sentence} parts={{ n: <b>{countOf(list)}</b> }} />}
        actions={
          writes && (
            <Button type="primary" onClick={() => void go('/projects/new')}>
              {w.describe}
            </Button>
          )
        }
      />
      <Card
        title={w.title}
        extra={
          <>
            <SearchFilter name="q" label={w.search} />
            {!writes && (
              <Checkbox checked={judge === '1'} onChange={(e) => setJudge(e.target.checked ? '1' : '')}>
                {w.judgeOnly}
              </Checkbox>
            )}
          </>
        }
        flush
      >
        <Paged query={list} empty={<Empty title={w.none} next={q || judge ? <Link to="/projects">{d.app.clearFilters}</Link> : w.noneHint} />}>
          {(rows) => <Rows rows={rows} />}
        </Paged>
      </Card>
    </>
  )
}

function Rows({ rows }: { rows: Project[] }) {
  const { d } = useLang()
  const w = d.project
  const columns: Column<Project>[] = [
    {
      key: 'project',
      title: w.name,
      main: true,
      render: (p) => (
        <>
          <Link to={`/projects/${p.id}`} className="row-name">
            {p.file.name}
          </Link>
          <div className="note">{[p.number, p.org.name, w.stage[p.file.stage]].filter(Boolean).join(' · ')}</div>
        </>
      ),
    },
    { key: 'cost', title: w.cost, number: true, render: (p) => <Money fen={p.cost_fen} bare /> },
    { key: 'sought', title: w.sought, number: true, render: (p) => <Money fen={p.file.sought_fen} bare /> },
    { key: 'asked', title: w.asked, number: true, render: (p) => <Money fen={p.asked_fen} bare /> },
  ]
  return <DataTable caption={w.title} rows={rows} rowKey={(p) => p.id} columns={columns} />
}
