import './import.css'
import { Button } from 'antd'
import { Link, useParams } from 'react-router'
import type { Schemas } from '@/api/client'
import { useWrite } from '@/api/write'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { PageHead } from '@/pattern/layout/PageHead'
import { Loaded } from '@/pattern/state/Loaded'
import { Paged } from '@/pattern/state/Paged'
import { Empty, ErrorPanel } from '@/pattern/state/states'
import { accept, discard, useImport, useProblems } from './api'

/** Every bad row by line, column and reason, before anything is written. */
export default function PreviewPage() {
  const { id = '' } = useParams()
  const made = useImport(id)
  return <Loaded query={made}>{(i) => <Preview made={i} />}</Loaded>
}

function Preview({ made }: { made: Schemas['EvidenceImportBody'] }) {
  const { d } = useLang()
  const write = useWrite(accept)
  const drop = useWrite(discard)
  const open = made.state === 'previewed'
  return (
    <>
      <PageHead
        title={d.import.previewFor}
        aside={made.name}
        crumbs={<Link to="/import">{d.import.title}</Link>}
        sentence={
          <>
            <Say text={d.import.rows} parts={{ n: <b>{made.rows}</b>, good: <b>{made.good}</b>, bad: <b className={made.bad > 0 ? 'bad' : ''}>{made.bad}</b> }} /> {open && made.bad > 0 && d.import.better}
          </>
        }
        actions={
          open && (
            <>
              <Button disabled={drop.isPending} onClick={() => drop.mutate(made.id)}>
                {d.import.discard}
              </Button>
              <Button type="primary" disabled={write.isPending || made.good === 0} onClick={() => write.mutate(made.id)}>
                {fill(d.import.accept, { n: made.good })}
              </Button>
            </>
          )
        }
      />
      <div className="stack">
        {(write.error ?? drop.error) && <div className="card"><ErrorPanel error={write.error ?? drop.error} /></div>}
        {made.state !== 'previewed' && (
          <p className="card import-done" role="status">
            {made.state === 'accepted' ? fill(d.import.accepted, { n: made.written }) : d.import.discarded} <Link to="/import">{d.import.again}</Link>
          </p>
        )}
        <Problems id={made.id} bad={made.bad} />
      </div>
    </>
  )
}

function Problems({ id, bad }: { id: string; bad: number }) {
  const { d, say } = useLang()
  const problems = useProblems(id)
  return (
    <Card title={d.import.problems} note={String(bad)} flush>
      <Paged query={problems} empty={<Empty title={d.import.noProblems} />}>
        {(rows) => (
          <DataTable
            caption={d.import.problems}
            rows={rows}
            rowKey={(p) => `${p.line}-${p.column}-${say(p.message)}`}
            compact
            columns={[
              { key: 'line', title: d.import.line, number: true, width: '64px', render: (p) => p.line },
              { key: 'column', title: d.import.column, render: (p) => <span className="mono">{p.column}</span> },
              { key: 'value', title: d.import.value, render: (p) => <span className="mono break">{p.value}</span> },
              { key: 'reason', title: d.import.reason, main: true, render: (p) => say(p.message) },
            ]}
          />
        )}
      </Paged>
    </Card>
  )
}
