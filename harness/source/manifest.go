package source

import (
	"net/url"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// manifest is the header of a package.xml. Its lists of members are not
// consulted: the files say what is there.
type manifest struct {
	Name, Namespace, Version string // Version is the API version
	PostInstall, Uninstall   string
}

// parseManifest reads a package.xml. With an error it may give one too: what
// could be read of it.
func parseManifest(name string, src []byte) (*manifest, error) {
	root, err := metadata.ParseXML(name, src)
	if err != nil {
		if root, _ = metadata.MendXML(name, src); root == nil {
			return nil, err
		}
	}
	// Retrieved manifests write the name as in an address: "Recurring+Donations".
	title := root.Get("fullName")
	if plain, err := url.QueryUnescape(title); err == nil {
		title = plain
	}
	return &manifest{
		Name: title, Namespace: root.Get("namespacePrefix"), Version: apiVersion(root.Get("version")),
		PostInstall: root.Get("postInstallClass"), Uninstall: root.Get("uninstallClass"),
	}, err
}
