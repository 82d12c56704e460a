export default function StoriesPage() {
  return null
}
