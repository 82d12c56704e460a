import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import type { Paper, Project } from './model'
import { Upload } from './Upload'

interface Props {
  papers: Paper[]
  project: Project | undefined
  error: string | undefined
  onChange: (papers: Paper[]) => void
}

/** Plans and proofs that go with the file; they come and go with it when it is saved. */
export function Papers({ papers, project, error, onChange }: Props) {
  const { d } = useLang()
  const w = d.project
  return (
    <Card title={w.papers} note={w.papersNote}>
      {papers.length > 0 && (
        <ul className="lacks">
          {papers.map((paper) => (
            <li key={paper.sha256}>
              <PaperLink paper={paper} project={project} />{' '}
              <button type="button" className="link-button" aria-label={fill(w.removePaper, { name: paper.name })} onClick={() => onChange(papers.filter((one) => one.sha256 !== paper.sha256))}>
                {w.remove}
              </button>
            </li>
          ))}
        </ul>
      )}
      {error && <p className="note bad">{error}</p>}
      <Upload label={w.addPaper} onKept={(paper) => onChange([...papers.filter((one) => one.sha256 !== paper.sha256), paper])} />
    </Card>
  )
}

/** A paper by its name; one that was saved with the project can be fetched. */
export function PaperLink({ paper, project }: { paper: Paper; project: Project | undefined }) {
  if (!project?.file.papers.some((one) => one.sha256 === paper.sha256)) return <span className="break">{paper.name}</span>
  return (
    <a href={`/api/v1/projects/${project.id}/papers/${paper.sha256}`} className="break" download>
      {paper.name}
    </a>
  )
}
