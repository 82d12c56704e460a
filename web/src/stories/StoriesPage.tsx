import { PageHead } from '@/pattern/layout/PageHead'
import { Card } from '@/pattern/layout/Card'
import { Hem } from '@/app/shell/Hem'
import { LangSwitch } from '@/app/shell/TopBar'
import './stories.css'
import type { Story } from './story'

const stories = import.meta.glob<{ story: Story }>('../pattern/**/*.story.tsx', { eager: true })

/** Every pattern on one page, for whoever builds the console; not part of a release. */
export default function StoriesPage() {
  return (
    <div className="gate stories">
      <Hem />
      <main className="stories-main">
        <PageHead title="黔模的样式" sentence="三种声音、四个字、六种结论、一枚印" actions={<LangSwitch />} />
        <div className="stories-grid">
          {Object.entries(stories).map(([file, { story }]) => (
            <Card key={file} title={story.title} note={story.note} className={file.includes('/trace/') || file.includes('/whatif/') ? 'stories-wide' : ''}>
              {story.render()}
            </Card>
          ))}
        </div>
      </main>
    </div>
  )
}
